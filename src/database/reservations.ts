import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { InsufficientQuotaError } from '../domain/insufficient-quota.error.js';
import { addDemands, planShortages, type QuotaDemand, type QuotaLimits } from '../domain/quota.js';
import type { QuotaUnit, UnitLevel } from '../driver-contract/quota-units.js';

/*
 * The rule of reservations. An accepted operation holds the demand of each stack that it is to make
 *   - from the transaction that accepts it,
 *   - until that stack was seen complete (`releaseStanding`, after every turn that listed the cluster's stacks), because
 *     from then on the cloud's own count has it; a stack that goes again is held again,
 *   - and at the latest until the operation ends, however it ends. A retry holds again what does not stand.
 * Who asks for more reads the cloud's counts first and then, under the project's lock, adds what was held at any moment
 * since before that reading (`QuotaLook.startedAt`). So nothing is ever missed between the two; what becomes real between
 * its stack's request and its being seen complete is counted twice, for as long as Heat works on that one stack.
 */

/** What the cloud said of a project's quotas, and when the question was begun (the database's clock, as its text). */
export interface QuotaLook {
  readonly startedAt: string;
  readonly limits: QuotaLimits;
}

export interface ReservationRequest {
  readonly projectId: string;
  readonly clusterId: string;
  readonly operationId: string;
  readonly units: readonly QuotaUnit[];
  /** How long rows of operations that cannot be retried are kept (minutes): longer than any look takes. */
  readonly keptMinutes: number;
}

/** Requests that count what a project has take turns; the lock ends with the transaction, which may take it again. */
export async function lockProject(manager: EntityManager, projectId: string): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`clusters of project ${projectId}`]);
}

/**
 * Holds the units for an operation that was recorded in the same transaction. Throws InsufficientQuotaError, which must
 * undo that transaction, when they do not fit beside what is used and what other operations hold.
 */
export async function reserveQuota(manager: EntityManager, look: QuotaLook, { projectId, clusterId, operationId, units, keptMinutes }: ReservationRequest): Promise<void> {
  await lockProject(manager, projectId);
  const held = await heldDemand(manager, projectId, look.startedAt);
  const shortages = planShortages(addDemands(units.map(({ demand }) => demand)), look.limits, held);
  if (shortages.length > 0) throw new InsufficientQuotaError(projectId, shortages);
  await forgetEnded(manager, projectId, keptMinutes);
  await manager.query(
    `INSERT INTO reservations (id, project_id, cluster_id, operation_id, level, group_id, ordinal, demand)
     SELECT u.id, $1, $2, $3, u.level, u."groupId", u.ordinal, u.demand
     FROM jsonb_to_recordset($4::jsonb) AS u(id uuid, level text, "groupId" uuid, ordinal int, demand jsonb)`,
    [projectId, clusterId, operationId, JSON.stringify(units.map((unit) => ({ id: randomUUID(), ...unit })))],
  );
}

/** What operations of a project held at any moment since `since`. */
export async function heldDemand(manager: EntityManager, projectId: string, since: string): Promise<QuotaDemand> {
  const rows: { resource: string; amount: number }[] = await manager.query(
    `SELECT d.key AS resource, sum(d.value::float8) AS amount
     FROM reservations r JOIN operations o ON o.id = r.operation_id CROSS JOIN LATERAL jsonb_each_text(r.demand) d
     WHERE r.project_id = $1 AND (r.released_at IS NULL OR r.released_at > $2::timestamptz) AND (o.finished_at IS NULL OR o.finished_at > $2::timestamptz)
     GROUP BY d.key`,
    [projectId, since],
  );
  return Object.fromEntries(rows.map(({ resource, amount }) => [resource, amount]));
}

/** How many stacks of a level and group were seen complete; what is not named has none. */
export interface StandingStacks {
  readonly level: UnitLevel;
  readonly groupId: string | null;
  readonly count: number;
}

/** Lets go of what the cloud counts by now, and holds again what has gone; repeatable. */
export async function releaseStanding(manager: EntityManager, operationId: string, standing: readonly StandingStacks[]): Promise<void> {
  await manager.query(
    `UPDATE reservations r SET released_at = CASE WHEN s.stands THEN clock_timestamp() END
     FROM (
       SELECT unit.id, coalesce(seen.count, 0) > unit.ordinal AS stands
       FROM reservations unit
       LEFT JOIN jsonb_to_recordset($2::jsonb) AS seen(level text, "groupId" uuid, count int)
         ON seen.level = unit.level AND seen."groupId" IS NOT DISTINCT FROM unit.group_id
       WHERE unit.operation_id = $1
     ) s
     WHERE s.id = r.id AND s.stands = (r.released_at IS NULL)`,
    [operationId, JSON.stringify(standing)],
  );
}

/** A failed operation may be retried and keeps its rows; so does one that ended while somebody may still be looking. */
async function forgetEnded(manager: EntityManager, projectId: string, keptMinutes: number): Promise<void> {
  await manager.query(
    `DELETE FROM reservations r USING operations o
     WHERE o.id = r.operation_id AND r.project_id = $1 AND o.state IN ('succeeded', 'cancelled', 'superseded')
       AND o.finished_at < now() - make_interval(secs => $2)`,
    [projectId, keptMinutes * 60],
  );
}
