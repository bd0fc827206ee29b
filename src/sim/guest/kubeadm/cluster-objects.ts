import { stringify } from 'yaml';
import type { ApiAnswer, ClusterApi } from './cluster-api.js';
import { documentOfKind, KubeadmError, type KubeadmDocument } from './documents.js';
import { controlPlaneTaint, kubeletConfigText } from './kubelet-start.js';
import type { BootstrapToken, InitSettings, Taint } from './settings.js';

export type ApiObject = { metadata: { name: string; namespace?: string; labels?: Record<string, string> } } & Record<string, unknown>;

/** Creates the object, or replaces the one that is there. Throws a KubeadmError with the server's refusal. */
export async function ensureObject(api: ClusterApi, collection: string, object: ApiObject): Promise<void> {
  const created = await api.call('POST', collection, object);
  if (created.status !== 409) {
    expectSuccess(created, `create ${collection}/${object.metadata.name}`);
    return;
  }
  expectSuccess(await api.call('PUT', `${collection}/${object.metadata.name}`, object), `update ${collection}/${object.metadata.name}`);
}

export function expectSuccess(answer: ApiAnswer, what: string): void {
  if (answer.status >= 200 && answer.status < 300) return;
  throw new KubeadmError(`could not ${what}: ${typeof answer.body.message === 'string' ? answer.body.message : `status ${answer.status}`}`);
}

const configMap = (name: string, namespace: string, data: Record<string, string>): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

/** `upload-config all`: what later joins and upgrades read. */
export async function uploadConfig(api: ClusterApi, settings: InitSettings, documents: KubeadmDocument[]): Promise<void> {
  const { cluster } = settings;
  const given = documentOfKind(documents, 'ClusterConfiguration');
  const completed = {
    ...given,
    apiVersion: given?.apiVersion ?? documents[0]?.apiVersion ?? 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    kubernetesVersion: cluster.kubernetesVersion,
    clusterName: cluster.clusterName,
    certificatesDir: cluster.certificatesDir,
  };
  await ensureObject(api, '/api/v1/namespaces/kube-system/configmaps', configMap('kubeadm-config', 'kube-system', { ClusterConfiguration: stringify(completed) }));
  await ensureObject(api, '/api/v1/namespaces/kube-system/configmaps', configMap('kubelet-config', 'kube-system', { kubelet: kubeletConfigText(documents, cluster) }));
}

/** `bootstrap-token`: the tokens of the configuration. The roles that let them join come with the simulated API server. */
export async function bootstrapTokenPhase(api: ClusterApi, settings: InitSettings): Promise<void> {
  for (const token of settings.tokens) await ensureObject(api, '/api/v1/namespaces/kube-system/secrets', tokenSecret(token));
}

export function tokenSecret(token: BootstrapToken): ApiObject {
  const [id = '', secret = ''] = token.token.split('.');
  const data: Record<string, string> = {
    'token-id': id,
    'token-secret': secret,
    ...(token.description !== '' && { description: token.description }),
    ...(token.ttlMs > 0 && { expiration: new Date(Date.now() + token.ttlMs).toISOString().replace(/\.\d+Z$/u, 'Z') }),
    'auth-extra-groups': token.groups.join(','),
    ...Object.fromEntries(token.usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

/** Labels and taints the node of this control plane; the node must have registered. */
export async function markControlPlane(api: ClusterApi, nodeName: string, taints: Taint[] | undefined): Promise<void> {
  const path = `/api/v1/nodes/${nodeName}`;
  const node = await api.get<{ spec?: { taints?: Taint[] } }>(path);
  expectSuccess(node, `find node ${nodeName}`);
  const wanted = taints ?? [controlPlaneTaint];
  const kept = (node.body.spec?.taints ?? []).filter((taint) => !wanted.some((each) => each.key === taint.key && each.effect === taint.effect));
  const labels = { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
  const answer = await api.call('PATCH', path, { metadata: { labels }, spec: { taints: [...kept, ...wanted] } }, 'application/merge-patch+json');
  expectSuccess(answer, `mark node ${nodeName} as control plane`);
}
