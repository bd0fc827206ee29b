import type { EntityManager } from 'typeorm';

/** How long nodes of a cluster took, from its history; newest first, in seconds. */
export interface PastTimes {
  /** From being planned until Ready. */
  readonly boots: readonly number[];
  /** From being closed for new pods until its removal began. */
  readonly drains: readonly number[];
}

/** Older ones tell less than recent ones. */
const lookedAtMax = 50;

export async function readPastTimes(manager: EntityManager, clusterId: string): Promise<PastTimes> {
  const rows: { kind: 'boot' | 'drain'; seconds: number }[] = await manager.query(
    `WITH stays AS (
       SELECT node_id, min(at) FILTER (WHERE node_phase = 'planned') AS planned, min(at) FILTER (WHERE node_phase = 'ready') AS ready,
              min(at) FILTER (WHERE node_phase = 'draining') AS draining,
              min(at) FILTER (WHERE node_phase IN ('deleting', 'gone')) AS removed
       FROM operation_events WHERE cluster_id = $1 AND node_phase IS NOT NULL AND node_id IS NOT NULL GROUP BY node_id
     )
     (SELECT 'boot' AS kind, extract(epoch FROM ready - planned)::float8 AS seconds FROM stays WHERE ready > planned ORDER BY ready DESC LIMIT ${lookedAtMax})
     UNION ALL
     (SELECT 'drain' AS kind, extract(epoch FROM removed - draining)::float8 AS seconds FROM stays WHERE removed > draining ORDER BY removed DESC LIMIT ${lookedAtMax})`,
    [clusterId],
  );
  const secondsOf = (wanted: string): number[] => rows.filter(({ kind }) => kind === wanted).map(({ seconds }) => seconds);
  return { boots: secondsOf('boot'), drains: secondsOf('drain') };
}
