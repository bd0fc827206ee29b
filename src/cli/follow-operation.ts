import { setTimeout as pause } from 'node:timers/promises';
import { CloudNotFoundError } from '../openstack/cloud-error.js';
import { segment, type CoeClient, type Schemas } from './coe-client.js';

export type Operation = Schemas['Operation'];

/** How often an operation is looked at (ms). */
const lookEveryMs = 500;

/** An operation that did not succeed: its reason is the message. */
export class OperationFailedError extends Error {}

export async function listOperations(client: CoeClient, clusterId: string): Promise<Operation[]> {
  return client.list<Operation>(`/clusters/${segment(clusterId)}/operations`, 'operations');
}

export const getOperation = (client: CoeClient, id: string): Promise<Schemas['OperationDetail']> => client.get(`/operations/${segment(id)}`);

/** Follows the newest operation of a kind; returns at once when there is none any more. */
export async function followNewest(client: CoeClient, clusterId: string, kind: string, tell: (line: string) => void): Promise<void> {
  const newest = (await listOperationsIfAny(client, clusterId)).filter((operation) => operation.kind === kind).at(-1);
  if (newest) await followOperation(client, newest.uuid, tell);
}

/** Waits for the end of an operation and tells each step and each reason of a wait once. */
export async function followOperation(client: CoeClient, id: string, tell: (line: string) => void): Promise<void> {
  let told = '';
  for (;;) {
    const operation = await getOperation(client, id);
    const line = progressLine(operation);
    if (line !== told) tell(line);
    told = line;
    if (operation.state === 'succeeded') return;
    // Nor does one that is paused go on by itself.
    if (['failed', 'cancelled', 'superseded', 'paused'].includes(operation.state)) throw new OperationFailedError(failureText(operation));
    await pause(lookEveryMs);
  }
}

/** What happened to an operation that did not succeed, and what a person can do. */
export function failureText({ uuid, kind, state, failure, advice }: Operation): string {
  const what = `${kind} ${state}: ${failure ?? 'no reason was recorded'}`;
  return [what, ...(advice === null ? [] : [advice]), ...(state === 'failed' ? [`To retry: coe operation retry ${uuid}`] : []), ...(state === 'paused' ? [`To go on: coe operation resume ${uuid}`] : [])].join('\n');
}

/** One line on where an operation stands. */
export function progressLine({ kind, state, step, waiting_for: waitingFor }: Operation): string {
  const where = step ?? state;
  const isUnderWay = state === 'running' || state === 'waiting';
  if (isUnderWay && waitingFor !== null) return `${kind}: ${where}, waiting for ${waitingFor}`;
  return state === 'running' || step === null ? `${kind}: ${where}` : `${kind}: ${where} (${state})`;
}

/** A deleted cluster has no list any more, and nothing is left to follow. */
async function listOperationsIfAny(client: CoeClient, clusterId: string): Promise<Operation[]> {
  try {
    return await listOperations(client, clusterId);
  } catch (error) {
    if (error instanceof CloudNotFoundError) return [];
    throw error;
  }
}
