import { z } from 'zod';

const dateTime = z.string().meta({ format: 'date-time' });

export const nodeTimesSchema = z
  .object({
    name: z.string(),
    uuid: z.string(),
    phases: z.array(z.object({ phase: z.string(), from: dateTime, to: dateTime.nullable().describe('null: it still is') })),
  })
  .meta({ id: 'NodeTimes' });
export type NodeTimes = z.infer<typeof nodeTimesSchema>;

/** A line of the history that tells a node's phase. */
export interface PhaseLine {
  readonly node_id: string;
  readonly name: string;
  readonly node_phase: string;
  readonly at: Date;
}

/**
 * When each node was in which phase, from lines in their order; nodes in the order they first appear. Several lines in one
 * phase are one stay, and a node that is gone stays in nothing.
 */
export function nodeTimes(lines: readonly PhaseLine[]): NodeTimes[] {
  const byNode = new Map<string, PhaseLine[]>();
  for (const line of lines) byNode.set(line.node_id, [...(byNode.get(line.node_id) ?? []), line]);
  return [...byNode].map(([uuid, own]) => {
    const changes = own.filter(({ node_phase }, index) => own[index - 1]?.node_phase !== node_phase);
    const phases = changes.map(({ node_phase: phase, at }, index) => {
      const next = changes[index + 1];
      const to = next?.at ?? (phase === 'gone' ? at : null);
      return { phase, from: at.toISOString(), to: to?.toISOString() ?? null };
    });
    return { name: own[0]?.name ?? '', uuid, phases };
  });
}
