import { z } from 'zod';

export interface NodeMetadataChange {
  /** Null: the label goes. */
  readonly labels: Readonly<Record<string, string | null>>;
  /** In place of those of the same key and effect. */
  readonly setTaints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly dropTaints: readonly { readonly key: string; readonly effect: string }[];
}

/** Taints keep all their members: the node lifecycle controller notes in some since when they are there. */
export const taintedNodeSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.object({ taints: z.array(z.looseObject({ key: z.string(), effect: z.string() })).default([]) }).default({ taints: [] }),
});

/** Body of a merge patch. The list of taints is replaced as a whole: with the version, nobody's taint of this moment is lost. */
export function nodeMetadataPatch({ metadata: { resourceVersion }, spec }: z.output<typeof taintedNodeSchema>, { labels, setTaints, dropTaints }: NodeMetadataChange): object {
  const changed = [...setTaints, ...dropTaints];
  if (changed.length === 0) return { metadata: { labels } };
  const kept = spec.taints.filter(({ key, effect }) => !changed.some((other) => other.key === key && other.effect === effect));
  return { metadata: { labels, resourceVersion }, spec: { taints: [...kept, ...setTaints] } };
}
