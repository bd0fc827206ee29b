import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { CloudNotFoundError } from '../openstack/cloud-error.js';
import { segment, type CoeClient } from './coe-client.js';

const operationSchema = z.object({
  uuid: z.string(),
  kind: z.string(),
  state: z.string(),
  step: z.string().nullable(),
  waiting_for: z.string().nullable(),
  failure: z.string().nullable(),
});
export type OperationView = z.output<typeof operationSchema>;

/** How often an operation is looked at (ms). */
const lookEveryMs = 500;

/** An operation that did not succeed: its reason is the message. */
export class OperationFailedError extends Error {}

export async function listOperations(client: CoeClient, clusterId: string): Promise<OperationView[]> {
  const { operations } = await client.get(`/clusters/${segment(clusterId)}/operations`);
  return z.array(operationSchema).parse(operations);
}

export async function getOperation(client: CoeClient, id: string): Promise<OperationView> {
  return operationSchema.parse(await client.get(`/operations/${segment(id)}`));
}

/** Waits for the newest operation of a kind and tells each step and each reason of a wait once. */
export async function followOperation(client: CoeClient, clusterId: string, kind: string, tell: (line: string) => void): Promise<void> {
  const found = (await listOperationsIfAny(client, clusterId)).filter((operation) => operation.kind === kind);
  const newest = found.at(-1);
  if (!newest) return;
  let told = '';
  for (;;) {
    const operation = await getOperation(client, newest.uuid);
    const line = progressLine(operation);
    if (line !== told) tell(line);
    told = line;
    if (operation.state === 'succeeded') return;
    if (['failed', 'cancelled', 'superseded'].includes(operation.state)) {
      throw new OperationFailedError(`${operation.kind} ${operation.state}: ${operation.failure ?? 'no reason was recorded'}`);
    }
    await pause(lookEveryMs);
  }
}

/** One line on where an operation stands. */
export function progressLine({ kind, state, step, waiting_for: waitingFor }: OperationView): string {
  const where = step === null ? state : step;
  return waitingFor === null || state !== 'waiting' ? `${kind}: ${state === 'running' ? where : `${where} (${state})`}` : `${kind}: ${where}, waiting for ${waitingFor}`;
}

/** A deleted cluster has no list any more, and nothing is left to follow. */
async function listOperationsIfAny(client: CoeClient, clusterId: string): Promise<OperationView[]> {
  try {
    return await listOperations(client, clusterId);
  } catch (error) {
    if (error instanceof CloudNotFoundError) return [];
    throw error;
  }
}
