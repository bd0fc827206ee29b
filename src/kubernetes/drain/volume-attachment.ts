import { z } from 'zod';
import type { Pod } from './pod.js';

/** A volume that is attached to a node, or is being attached or detached. It is let go when the object is gone. */
export interface VolumeAttachment {
  readonly name: string;
  readonly nodeName: string;
  /** Null for a volume that is written into its pod. */
  readonly volumeName: string | null;
}

const attachmentSchema = z
  .object({ metadata: z.object({ name: z.string() }), spec: z.object({ nodeName: z.string(), source: z.object({ persistentVolumeName: z.string().nullish() }) }) })
  .transform(({ metadata, spec }): VolumeAttachment => ({ name: metadata.name, nodeName: spec.nodeName, volumeName: spec.source.persistentVolumeName ?? null }));

export const volumeAttachmentListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(attachmentSchema),
});

/** The claim that a PersistentVolume is bound to. */
export interface VolumeClaim {
  readonly namespace: string;
  readonly name: string;
}

export const volumeClaimSchema = z
  .object({ spec: z.object({ claimRef: z.object({ namespace: z.string(), name: z.string() }).nullish() }) })
  .transform(({ spec }): VolumeClaim | null => spec.claimRef ?? null);

/** Whether one of the pods uses the volume that is bound to the claim. */
export const isClaimOf = (claim: VolumeClaim | null, pods: readonly Pod[]): boolean =>
  claim !== null && pods.some(({ namespace, claims }) => namespace === claim.namespace && claims.includes(claim.name));
