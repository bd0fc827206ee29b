import type { EntityManager } from 'typeorm';

/**
 * A request that finds one of its kind still waiting becomes part of it: what it says holds, and the nodes that either named
 * are named by both. One that has begun meanwhile needs no telling: it goes by what is written at the group and its nodes.
 */
export async function mergeInput(manager: EntityManager, operationId: string, input: Readonly<Record<string, unknown>>, nodesField: string): Promise<void> {
  await manager.query(
    `UPDATE operations SET input = input || $2::jsonb || jsonb_build_object($3::text, (
       SELECT coalesce(jsonb_agg(DISTINCT node), '[]') FROM jsonb_array_elements(coalesce(input -> $3, '[]') || coalesce($2::jsonb -> $3, '[]')) AS node))
     WHERE id = $1 AND state = 'queued'`,
    [operationId, JSON.stringify(input), nodesField],
  );
}
