import type { NetworkAnswer, NetworkRequest } from './network.js';

interface StoredNode {
  readonly name: string;
  readonly version: string;
  /** Ready some time after the pod network is there. */
  isUp: boolean;
}

const answer = (status: number, body: unknown): NetworkAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const refusal = (code: number, reason: string, message: string): NetworkAnswer => answer(code, { kind: 'Status', status: 'Failure', code, reason, message });

/** Group, plural and kind of what this API serves. */
const served: readonly (readonly [group: string, plural: string, kind: string, namespaced: boolean])[] = [
  ['api/v1', 'namespaces', 'Namespace', false],
  ['api/v1', 'serviceaccounts', 'ServiceAccount', true],
  ['api/v1', 'configmaps', 'ConfigMap', true],
  ['api/v1', 'secrets', 'Secret', true],
  ['api/v1', 'nodes', 'Node', false],
  ['apis/rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', false],
  ['apis/rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', false],
  ['apis/apps/v1', 'daemonsets', 'DaemonSet', true],
];

/** As much of a Kubernetes API as a cluster's making asks for: health, version, discovery, apply, nodes, bootstrap tokens. */
export class ClusterApi {
  private readonly objects = new Map<string, unknown>();
  private readonly nodes = new Map<string, StoredNode>();
  private readonly tokens = new Set<string>();
  isReady = false;

  constructor(
    readonly caPem: string,
    private readonly version: string,
    tokens: readonly string[],
  ) {
    for (const token of tokens) this.tokens.add(token);
  }

  /** False: the token is not known, so the machine may not join. */
  join(name: string, token: string): boolean {
    if (!this.tokens.has(token)) return false;
    this.add(name);
    return true;
  }

  /** The control plane's own node needs no token. */
  add(name: string): void {
    this.nodes.set(name, { name, version: this.version, isUp: true });
  }

  setUp(name: string, isUp: boolean): void {
    const node = this.nodes.get(name);
    if (node) node.isUp = isUp;
  }

  respond({ method, path }: NetworkRequest, body: string): NetworkAnswer {
    const url = new URL(path, 'https://cluster');
    const where = url.pathname.slice(1);
    if (where === 'readyz') return this.isReady ? { status: 200, headers: {}, body: 'ok' } : { status: 500, headers: {}, body: '[-]etcd failed' };
    if (!this.isReady) return refusal(503, 'ServiceUnavailable', 'the API server is starting');
    if (where === 'version') return answer(200, { gitVersion: this.version });
    const list = served.filter(([group]) => group === where);
    if (list.length > 0) return answer(200, { resources: list.map(([, name, kind, namespaced]) => ({ name, kind, namespaced })) });
    if (where === 'api/v1/nodes' && method === 'GET') return answer(200, { metadata: {}, items: [...this.nodes.values()].map((node) => this.show(node)) });
    if (method === 'PATCH') return this.apply(where, body);
    if (method === 'DELETE') return this.remove(where);
    return refusal(404, 'NotFound', `${path} is not served`);
  }

  private apply(where: string, body: string): NetworkAnswer {
    const manifest = JSON.parse(body) as { data?: Record<string, string> };
    const namespace = /\/namespaces\/([^/]+)\//.exec(where)?.[1];
    if (namespace !== undefined && namespace !== 'kube-system' && !this.objects.has(`api/v1/namespaces/${namespace}`)) {
      return refusal(404, 'NotFound', `namespaces "${namespace}" not found`);
    }
    this.objects.set(where, manifest);
    const decoded = (field: string): string => Buffer.from(manifest.data?.[field] ?? '', 'base64').toString('utf8');
    if (where.includes('/secrets/bootstrap-token-')) this.tokens.add(`${decoded('token-id')}.${decoded('token-secret')}`);
    return answer(200, manifest);
  }

  private remove(where: string): NetworkAnswer {
    const id = /\/secrets\/bootstrap-token-([a-z0-9]{6})$/.exec(where)?.[1];
    const token = id === undefined ? undefined : [...this.tokens].find((known) => known.startsWith(`${id}.`));
    if (token !== undefined) this.tokens.delete(token);
    return token === undefined && !this.objects.delete(where) ? refusal(404, 'NotFound', `${where} not found`) : answer(200, { kind: 'Status', status: 'Success' });
  }

  private show({ name, version, isUp }: StoredNode): object {
    const hasNetwork = [...this.objects.keys()].some((key) => key.includes('/daemonsets/'));
    const ready = isUp && hasNetwork;
    return {
      metadata: { name, uid: `uid-${name}`, creationTimestamp: new Date().toISOString() },
      status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }], nodeInfo: { kubeletVersion: version } },
    };
  }
}
