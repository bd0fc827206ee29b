import { z } from 'zod';

const nullableText = z.string().nullable();

/** One line of a cluster's history; `because` is the reason. */
export const eventSchema = z
  .object({
    id: z.int(),
    cluster_uuid: z.string(),
    operation_uuid: nullableText,
    node_uuid: nullableText,
    at: z.string().meta({ format: 'date-time' }),
    type: z.string().describe('operation, step, wait, action, node, status or incident'),
    step: nullableText,
    node_phase: nullableText.describe('Phase of the node from then on; null where nothing is said of a node'),
    message: z.string(),
    because: nullableText,
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof eventSchema>;

/** A row of operation_events as a raw select returns it. */
export interface EventRow {
  readonly id: number;
  readonly cluster_id: string;
  readonly operation_id: string | null;
  readonly node_id: string | null;
  readonly at: Date;
  readonly type: string;
  readonly step: string | null;
  readonly node_phase: string | null;
  readonly message: string;
  readonly because: string | null;
}

/** Dates of events keep their milliseconds: several happen within a second. */
export function viewEvent({ id, cluster_id, operation_id, node_id, at, type, step, node_phase, message, because }: EventRow): EventView {
  return { id, cluster_uuid: cluster_id, operation_uuid: operation_id, node_uuid: node_id, at: at.toISOString(), type, step, node_phase, message, because };
}
