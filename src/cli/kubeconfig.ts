import { stringify } from 'yaml';

export type Access =
  | { readonly kind: 'certificate'; readonly caPem: string; readonly certificatePem: string; readonly privateKeyPem: string }
  | { readonly kind: 'keystone'; readonly caPem: string }
  | { readonly kind: 'open' };

/** A shell one-liner that kubectl runs for each token: the token is whatever OS_TOKEN holds at that moment. */
const tokenScript = [
  'if [ -z "$OS_TOKEN" ]; then echo "OS_TOKEN is not set: openstack token issue makes one" >&2; exit 1; fi;',
  `printf '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"%s"}}' "$OS_TOKEN"`,
].join(' ');

/** A kubeconfig with one cluster, user and context, named as OpenStack's client names them. */
export function kubeconfig(name: string, server: string, access: Access): string {
  const user = userOf(name, access);
  const context = access.kind === 'certificate' ? 'default' : access.kind === 'keystone' ? 'openstackuser@kubernetes' : name;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, ...(access.kind === 'open' ? {} : { 'certificate-authority-data': base64(access.caPem) }) } }],
    contexts: [{ name: context, context: { cluster: name, user: user.name } }],
    'current-context': context,
    preferences: {},
    users: [user],
  });
}

function userOf(name: string, access: Access): { name: string; user: object } {
  switch (access.kind) {
    case 'certificate':
      return {
        name: 'admin',
        user: { 'client-certificate-data': base64(access.certificatePem), 'client-key-data': base64(access.privateKeyPem) },
      };
    case 'keystone':
      return {
        name: 'openstackuser',
        user: { exec: { command: '/bin/bash', apiVersion: 'client.authentication.k8s.io/v1beta1', args: ['-c', tokenScript] } },
      };
    case 'open':
      return { name, user: {} };
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
