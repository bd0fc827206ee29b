import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { EventRow } from './event.view.js';

const batchMax = 500;

/**
 * Ids are drawn before the commit, so a smaller one may become visible after a larger one: what is younger than this is
 * looked at again.
 */
const settledAfterSeconds = 10;

export type FeedItem = { readonly kind: 'event'; readonly event: EventRow } | { readonly kind: 'quiet' } | { readonly kind: 'gone' };

export interface Watch {
  readonly clusterId: string;
  /** Whoever comes again has all up to this one. */
  readonly afterId: number;
  /** How often the history is looked at (milliseconds). */
  readonly pollMs: number;
}

/**
 * The events of a cluster after `afterId`, as they come; `quiet` after each look that found nothing, `gone` as the last
 * item when the cluster does not exist any more. Ends when the signal is aborted.
 */
export async function* followEvents(dataSource: DataSource, { clusterId, afterId, pollMs }: Watch, signal: AbortSignal): AsyncGenerator<FeedItem> {
  const sent = new Map<number, Date>();
  let settledId = afterId;
  while (!signal.aborted) {
    // Asked first: what is in the history when the cluster is gone is all there will be.
    const gone = await isGone(dataSource, clusterId);
    const rows: EventRow[] = await dataSource.query(
      `SELECT id, cluster_id, operation_id, node_id, at, type, step, node_phase, message, because
       FROM operation_events WHERE cluster_id = $1 AND id > $2 AND NOT (id = ANY($3)) ORDER BY id LIMIT ${batchMax}`,
      [clusterId, settledId, [...sent.keys()]],
    );
    for (const event of rows) {
      sent.set(event.id, event.at);
      yield { kind: 'event', event };
    }
    settledId = forgetSettled(sent, settledId);
    if (rows.length > 0) continue;
    if (gone) {
      yield { kind: 'gone' };
      return;
    }
    yield { kind: 'quiet' };
    await pause(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Drops what lies well behind the newest event, by the database's clock, and answers the id up to which all was sent. */
function forgetSettled(sent: Map<number, Date>, settledId: number): number {
  const newest = Math.max(...[...sent.values()].map((at) => at.getTime()));
  let settled = settledId;
  for (const [id, at] of sent) {
    if (newest - at.getTime() <= settledAfterSeconds * 1000) continue;
    settled = Math.max(settled, id);
    sent.delete(id);
  }
  return settled;
}

async function isGone(dataSource: DataSource, clusterId: string): Promise<boolean> {
  const rows: unknown[] = await dataSource.query(`SELECT 1 FROM clusters WHERE id = $1 AND deleted_at IS NULL`, [clusterId]);
  return rows.length === 0;
}
