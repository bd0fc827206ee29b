import { DomainError } from '../../domain/domain-error.js';

/** A port of a pod in a cluster. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The tunnel was opened, but the pod's port could not be reached or the tunnel broke. What listens may only not be up yet. */
export class PortForwardError extends DomainError {
  override readonly code = 'cluster-unreachable';
  override readonly retryable = true;

  constructor(
    clusterId: string,
    { namespace, pod, port }: PodPort,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`Port ${port} of pod ${namespace}/${pod} in cluster ${clusterId} cannot be reached through its Kubernetes API: ${detail}`, options);
  }
}
