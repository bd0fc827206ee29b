/** Names of a cluster's sealed secrets (table secrets). Certificates are stored as JSON `{certificatePem, privateKeyPem}`. */
export const secretNames = {
  kubernetesCa: 'kubernetes-ca',
  etcdCa: 'etcd-ca',
  frontProxyCa: 'front-proxy-ca',
  /** JSON `{publicKeyPem, privateKeyPem}`. */
  serviceAccountKey: 'service-account-key',
  /** Client certificate that the conductor and health use. */
  conductorClient: 'conductor-client',
  clusterUserPassword: 'cluster-user-password',
  /** JSON list of `{path, mode, content}`, gone when the node has joined. */
  payload: (nodeId: string): string => `payload/${nodeId}`,
  /** Plain text, gone when the node's stack exists. */
  claimToken: (nodeId: string): string => `claim-token/${nodeId}`,
  /** Plain text, gone when the node is ready. */
  bootstrapToken: (nodeId: string): string => `bootstrap-token/${nodeId}`,
} as const;
