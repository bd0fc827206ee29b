import type { BootstrapToken, KubernetesManifest } from '../driver-contract/index.js';

/** The group that kubeadm's bootstrap RBAC allows to ask for a kubelet's certificate and to read its configuration. */
const bootstrapGroup = 'system:bootstrappers:kubeadm:default-node-token';

export const bootstrapTokenNamespace = 'kube-system';

/** The name of the secret that holds a token: its first half, the second is secret. Throws when it has not kubeadm's form. */
export const bootstrapTokenSecretName = (token: string): string => `bootstrap-token-${halves(token).id}`;

/** The secret that makes a cluster accept a token for joining until it expires. */
export function bootstrapTokenSecret({ token, description, expiresAt }: BootstrapToken): KubernetesManifest {
  const { id, secret } = halves(token);
  const fields = {
    'token-id': id,
    'token-secret': secret,
    description,
    expiration: expiresAt,
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
    'auth-extra-groups': bootstrapGroup,
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: bootstrapTokenSecretName(token), namespace: bootstrapTokenNamespace },
    type: 'bootstrap.kubernetes.io/token',
    // `data`, not `stringData`: server-side apply does not see changes of the latter.
    data: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('base64')])),
  };
}

function halves(token: string): { id: string; secret: string } {
  const match = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(token);
  if (match?.[1] === undefined || match[2] === undefined) throw new Error('A bootstrap token has six characters, a full stop and sixteen characters of a-z and 0-9.');
  return { id: match[1], secret: match[2] };
}
