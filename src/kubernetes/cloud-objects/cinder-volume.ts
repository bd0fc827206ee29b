import { z } from 'zod';

export interface ObjectReference {
  readonly namespace: string;
  readonly name: string;
}

/** A PersistentVolume that is a Cinder volume. */
export interface CinderPersistentVolume {
  readonly name: string;
  /** The Cinder volume's id. */
  readonly volumeId: string;
  /** What Kubernetes does with the volume when nobody claims it any more. */
  readonly reclaimPolicy: 'Delete' | 'Retain' | 'Recycle';
  /** Null: nobody has claimed it. */
  readonly claim: ObjectReference | null;
}

/** The CSI driver of cloud-provider-openstack; volumes of the in-tree plugin from before Kubernetes 1.26 have a source of their own. */
const cinderDriver = 'cinder.csi.openstack.org';

const persistentVolumeSchema = z
  .object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({
      persistentVolumeReclaimPolicy: z.enum(['Delete', 'Retain', 'Recycle']).default('Retain'),
      claimRef: z.object({ namespace: z.string(), name: z.string() }).nullish(),
      csi: z.object({ driver: z.string(), volumeHandle: z.string() }).nullish(),
      cinder: z.object({ volumeID: z.string() }).nullish(),
    }),
  })
  .transform(({ metadata, spec }): CinderPersistentVolume | undefined => {
    const volumeId = spec.csi?.driver === cinderDriver ? spec.csi.volumeHandle : spec.cinder?.volumeID;
    if (volumeId === undefined) return undefined;
    return { name: metadata.name, volumeId, reclaimPolicy: spec.persistentVolumeReclaimPolicy, claim: spec.claimRef ?? null };
  });

const listMetadata = z.object({ continue: z.string().optional() }).default({});

export const persistentVolumeListSchema = z.object({ metadata: listMetadata, items: z.array(persistentVolumeSchema) });

export interface Claim extends ObjectReference {
  /** It was asked to go; it stays while a pod that uses it runs. */
  readonly isLeaving: boolean;
}

const claimSchema = z
  .object({ metadata: z.object({ namespace: z.string(), name: z.string(), deletionTimestamp: z.string().nullish() }) })
  .transform(({ metadata: { namespace, name, deletionTimestamp } }): Claim => ({ namespace, name, isLeaving: Boolean(deletionTimestamp) }));

export const claimListSchema = z.object({ metadata: listMetadata, items: z.array(claimSchema) });

/** A pod that may hold claims. */
export interface ClaimUser extends ObjectReference {
  readonly isLeaving: boolean;
  /** Names of claims in its namespace. */
  readonly claims: readonly string[];
  /** The StatefulSet that would make it, and its claim, again. */
  readonly statefulSet: string | null;
}

const claimUserSchema = z
  .object({
    metadata: z.object({
      namespace: z.string(),
      name: z.string(),
      deletionTimestamp: z.string().nullish(),
      ownerReferences: z.array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().default(false) })).default([]),
    }),
    spec: z.object({ volumes: z.array(z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).nullish() })).default([]) }),
  })
  .transform(({ metadata, spec }): ClaimUser => ({
    namespace: metadata.namespace,
    name: metadata.name,
    isLeaving: Boolean(metadata.deletionTimestamp),
    claims: spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    statefulSet: metadata.ownerReferences.find(({ kind, controller }) => controller && kind === 'StatefulSet')?.name ?? null,
  }));

export const claimUserListSchema = z.object({ metadata: listMetadata, items: z.array(claimUserSchema) });
