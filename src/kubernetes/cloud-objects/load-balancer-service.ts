import { z } from 'zod';

/** A Service of type LoadBalancer, as far as the load balancer that the cloud controller made for it is concerned. */
export interface LoadBalancerService {
  readonly namespace: string;
  readonly name: string;
  /** It was asked to go; a finalizer keeps it until its load balancer is gone. */
  readonly isLeaving: boolean;
  /** Id of the load balancer, where the controller wrote it down (cloud-provider-openstack does from 1.23 on). */
  readonly balancerId: string | null;
  /** Addresses that it is reached by: the load balancer's own, or its floating one. */
  readonly addresses: readonly string[];
}

const balancerAnnotation = 'loadbalancer.openstack.org/load-balancer-id';

const serviceSchema = z
  .object({
    metadata: z.object({
      namespace: z.string(),
      name: z.string(),
      deletionTimestamp: z.string().nullish(),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
    spec: z.object({ type: z.string().default('ClusterIP') }).default({ type: 'ClusterIP' }),
    status: z
      .object({ loadBalancer: z.object({ ingress: z.array(z.object({ ip: z.string().optional() })).default([]) }).default({ ingress: [] }) })
      .default({ loadBalancer: { ingress: [] } }),
  })
  .transform(({ metadata, spec, status }) => ({
    isBalanced: spec.type === 'LoadBalancer',
    service: {
      namespace: metadata.namespace,
      name: metadata.name,
      isLeaving: Boolean(metadata.deletionTimestamp),
      balancerId: metadata.annotations[balancerAnnotation] ?? null,
      addresses: status.loadBalancer.ingress.flatMap(({ ip }) => ip ?? []),
    } satisfies LoadBalancerService,
  }));

export const serviceListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(serviceSchema),
});
