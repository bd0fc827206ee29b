import { stringify } from 'yaml';

export interface KubeconfigContent {
  readonly clusterName: string;
  /** `https://host:port` */
  readonly server: string;
  readonly caPem: string;
  readonly userName: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** A kubeconfig with one cluster, one user and one context that is current; everything it needs is inside. */
export function kubeconfigObject(content: KubeconfigContent): Record<string, unknown> {
  const { clusterName, userName } = content;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: clusterName, cluster: { server: content.server, 'certificate-authority-data': base64(content.caPem) } }],
    users: [
      {
        name: userName,
        user: { 'client-certificate-data': base64(content.certificatePem), 'client-key-data': base64(content.privateKeyPem) },
      },
    ],
    contexts: [{ name: 'default', context: { cluster: clusterName, user: userName } }],
    'current-context': 'default',
    preferences: {},
  };
}

export const kubeconfig = (content: KubeconfigContent): string => stringify(kubeconfigObject(content), { lineWidth: 0 });

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
