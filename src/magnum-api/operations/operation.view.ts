import { z } from 'zod';
import { operationStates, type OperationKind, type OperationState } from '../../domain/operation-state.js';
import { eventSchema } from '../events/event.view.js';
import { integer, text } from '../http/lenient-scalars.js';
import type { ListSource } from '../http/list-query.js';
import { timestamp, timestampOrNull } from '../http/timestamp.js';
import { adviseOn } from './advise-on-operation.js';
import { nodeTimesSchema } from './node-times.js';

const nullableText = z.string().nullable();

export const operationSchema = z
  .object({
    uuid: z.string(),
    cluster_uuid: z.string(),
    nodegroup_uuid: nullableText,
    kind: z.string(),
    state: z.enum(operationStates as [OperationState, ...OperationState[]]),
    step: nullableText.describe('Current step; the last one when it has ended'),
    waiting_for: nullableText.describe('Why it waits just now'),
    wish: z.enum(['pause', 'cancel']).nullable().describe('What somebody wants of it at the end of its turn'),
    failure: nullableText.describe('Why it failed, or stopped by its own rule'),
    advice: nullableText.describe('What a person can do now'),
    attempt: z.int().describe('1, and one more for each retry'),
    requested_by: nullableText.describe('User id'),
    request_id: nullableText,
    created_at: z.string().meta({ format: 'date-time' }),
    started_at: nullableText.meta({ format: 'date-time' }),
    finished_at: nullableText.meta({ format: 'date-time' }),
    deadline_at: nullableText.meta({ format: 'date-time' }),
  })
  .meta({ id: 'Operation' });
export type OperationView = z.infer<typeof operationSchema>;

export const operationDetailSchema = operationSchema
  .extend({
    steps: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['done', 'current', 'failed']),
        entered_at: z.string().meta({ format: 'date-time' }),
      }),
    ),
    nodes: z.array(nodeTimesSchema).describe('When each node that it worked at was in which phase'),
    events: z.array(eventSchema).describe('The newest 200, oldest first; all of them under /events'),
  })
  .meta({ id: 'OperationDetail' });
export type OperationDetail = z.infer<typeof operationDetailSchema>;

export const operationListSchema = z.object({ operations: z.array(operationSchema), next: z.string().optional() }).meta({ id: 'OperationList' });

export const operationEventsSchema = z
  .object({
    operation_uuid: z.string(),
    requested_by: nullableText.describe('User id'),
    request_id: nullableText,
    events: z.array(eventSchema),
    next: z.string().optional(),
  })
  .meta({ id: 'OperationEvents' });
export type OperationEvents = z.infer<typeof operationEventsSchema>;

export const operationEventsQuerySchema = z.strictObject({
  marker: integer({ min: 0 }).optional().describe('id of the last event of the page before'),
  limit: integer({ min: 1 }).optional().describe('Most events in the page'),
});
export type OperationEventsQuery = z.infer<typeof operationEventsQuerySchema>;

/** Body of POST actions/skip-node. */
export const skipNodeSchema = z.strictObject({ node: text().describe('uuid of the node or of its server, its name or one of its addresses') }).meta({ id: 'NodeSkip' });
export type SkipNodeRequest = z.infer<typeof skipNodeSchema>;

/** A row of operations, without the lease, which is the conductors' own. */
export interface OperationRow {
  readonly id: string;
  readonly cluster_id: string;
  readonly project_id: string;
  readonly node_group_id: string | null;
  readonly kind: OperationKind;
  readonly state: OperationState;
  readonly step: string | null;
  readonly waiting_for: string | null;
  readonly wish: 'pause' | 'cancel' | null;
  readonly failure: string | null;
  readonly attempt: number;
  readonly requested_by: string | null;
  readonly request_id: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly deadline_at: Date | null;
}

const columns = [
  'id', 'cluster_id', 'project_id', 'node_group_id', 'kind', 'state', 'step', 'waiting_for', 'wish', 'failure', 'attempt', 'requested_by', 'request_id',
  'created_at', 'started_at', 'finished_at', 'deadline_at',
] as const;

export const selectOperations = `SELECT ${columns.map((column) => `o.${column}`).join(', ')} FROM operations o`;

export const operationSource: ListSource = {
  table: 'operations',
  what: 'operation',
  columns: { uuid: 'id', ...Object.fromEntries(columns.map((column) => [column, column])), id: 'row_id' },
};

export function viewOperation(row: OperationRow): OperationView {
  const { id, cluster_id, node_group_id, kind, state, step, waiting_for, wish, failure, attempt, requested_by, request_id } = row;
  return {
    uuid: id,
    cluster_uuid: cluster_id,
    nodegroup_uuid: node_group_id,
    kind,
    state,
    step,
    waiting_for,
    wish,
    failure,
    advice: adviseOn(row),
    attempt,
    requested_by,
    request_id,
    created_at: timestamp(row.created_at),
    started_at: timestampOrNull(row.started_at),
    finished_at: timestampOrNull(row.finished_at),
    deadline_at: timestampOrNull(row.deadline_at),
  };
}

/** The steps of the present attempt so far, from the history: an attempt begins with its first step. */
export function stepsSoFar(row: Pick<OperationRow, 'state'>, entered: readonly { readonly step: string; readonly at: Date }[]): OperationDetail['steps'] {
  const first = entered[0]?.step;
  const begin = entered.findLastIndex(({ step }) => step === first);
  const steps = entered.slice(Math.max(0, begin));
  return steps.map(({ step, at }, index) => {
    const isLast = index === steps.length - 1;
    const state = !isLast || row.state === 'succeeded' ? 'done' : row.state === 'failed' ? 'failed' : 'current';
    return { name: step, state, entered_at: at.toISOString() };
  });
}
