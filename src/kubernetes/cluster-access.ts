import { createHash } from 'node:crypto';

/** How a cluster's API is reached, and as whom. */
export interface ClusterAccess {
  readonly clusterId: string;
  /** `https://host:port` */
  readonly apiAddress: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** HTTP proxy (CONNECT) into the cluster's network. */
  readonly proxyUrl?: string;
}

/** Changes whenever anything of the access changes, and tells nothing of it. */
export function accessDigest(access: ClusterAccess): string {
  const parts = [access.apiAddress, access.caPem, access.certificatePem, access.privateKeyPem, access.proxyUrl ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
