import { z } from 'zod';

export interface PodOwner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface PodToleration {
  readonly key: string | null;
  readonly operator: string;
  readonly effect: string | null;
}

/** A pod as far as taking it off its node is concerned. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly phase: string;
  /** Who makes another one when it goes; null for a bare pod. */
  readonly controller: PodOwner | null;
  /** The kubelet runs it from a file; the API shows only its mirror. */
  readonly isMirror: boolean;
  /** When its grace ends, once it was asked to go. */
  readonly endsAt: Date | null;
  readonly createdAt: Date;
  readonly hasLocalStorage: boolean;
  /** Names of the PersistentVolumeClaims that it uses. */
  readonly claims: readonly string[];
  readonly tolerations: readonly PodToleration[];
  readonly annotations: Readonly<Record<string, string>>;
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';

const podSchema = z
  .object({
    metadata: z.object({
      namespace: z.string(),
      name: z.string(),
      uid: z.string(),
      creationTimestamp: z.coerce.date(),
      deletionTimestamp: z.coerce.date().nullish(),
      annotations: z.record(z.string(), z.string()).default({}),
      ownerReferences: z.array(z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().default(false) })).default([]),
    }),
    spec: z.object({
      volumes: z.array(z.looseObject({ emptyDir: z.unknown().optional(), persistentVolumeClaim: z.object({ claimName: z.string() }).nullish() })).default([]),
      tolerations: z.array(z.object({ key: z.string().optional(), operator: z.string().default('Equal'), effect: z.string().optional() })).default([]),
    }),
    status: z.object({ phase: z.string().default('Pending') }).default({ phase: 'Pending' }),
  })
  .transform(({ metadata, spec, status }): Pod => {
    const owner = metadata.ownerReferences.find(({ controller }) => controller);
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      uid: metadata.uid,
      phase: status.phase,
      controller: owner ? { kind: owner.kind, name: owner.name, uid: owner.uid } : null,
      isMirror: mirrorAnnotation in metadata.annotations,
      endsAt: metadata.deletionTimestamp ?? null,
      createdAt: metadata.creationTimestamp,
      hasLocalStorage: spec.volumes.some((volume) => volume.emptyDir !== undefined && volume.emptyDir !== null),
      claims: spec.volumes.flatMap(({ persistentVolumeClaim }) => (persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [])),
      tolerations: spec.tolerations.map(({ key, operator, effect }) => ({ key: key ?? null, operator, effect: effect ?? null })),
      annotations: metadata.annotations,
    };
  });

export const podListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(podSchema),
});

export const podLabel = ({ namespace, name }: Pick<Pod, 'namespace' | 'name'>): string => `${namespace}/${name}`;
