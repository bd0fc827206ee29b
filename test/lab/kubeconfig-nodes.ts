import { readFileSync } from 'node:fs';
import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }[];
  readonly users: readonly { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } }[];
}

interface NodeList {
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] } }[];
}

/**
 * Names of the nodes that are Ready, asked with the kubeconfig in `file`. A cluster whose address is no address of this
 * machine (127.0.0.0/8) is only ever reached through the proxy: such addresses may be somebody's real ones.
 */
export async function readyNodes(file: string, proxyUrl: string): Promise<string[]> {
  const { clusters, users } = parse(readFileSync(file, 'utf8')) as Kubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (!cluster || !user) throw new Error(`${file} names no cluster and user.`);
  const decode = (data: string): string => Buffer.from(data, 'base64').toString('utf8');
  const tls = { ca: decode(cluster['certificate-authority-data']), cert: decode(user['client-certificate-data']), key: decode(user['client-key-data']) };
  const isLocal = new URL(cluster.server).hostname.startsWith('127.');
  const dispatcher: Dispatcher = isLocal ? new Agent({ connect: tls }) : new ProxyAgent({ uri: proxyUrl, requestTls: tls });
  try {
    const answer = await request(`${cluster.server}/api/v1/nodes`, { dispatcher, headersTimeout: 20_000 });
    if (answer.statusCode !== 200) throw new Error(`${cluster.server} answered ${answer.statusCode}: ${await answer.body.text()}`);
    const { items } = (await answer.body.json()) as NodeList;
    return items.filter(({ status }) => status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True')).map(({ metadata }) => metadata.name);
  } finally {
    await dispatcher.close();
  }
}
