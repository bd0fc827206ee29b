import { createHmac } from 'node:crypto';
import { bootstrapTokenType, isExpired, secretData } from '../auth/bootstrap-token.js';
import { fieldsOf, textOf, type Fields, type KubeObject } from '../objects/kube-object.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, logFailure, type Controller, type ControllerContext } from './controller.js';

/** A longer timer would overflow; the token is looked at again then. */
const timerMaxMs = 2 ** 31 - 1;
const everything = 'tokens';

/** Removes expired bootstrap tokens, and signs cluster-info with each that may sign, so that joining nodes can trust it. */
export class BootstrapTokens implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue(() => this.reconcile(), logFailure(context, 'bootstrap-tokens'));
    this.queue.add(everything);
  }

  onChange({ resource, object }: StoredChange): void {
    const isToken = resource === 'secrets' && object['type'] === bootstrapTokenType;
    const isInfo = resource === 'configmaps' && object.metadata.namespace === 'kube-public' && object.metadata.name === 'cluster-info';
    if (isToken || isInfo) this.queue.add(everything);
  }

  stop(): void {
    this.queue.stop();
  }

  private reconcile(): void {
    const now = new Date();
    const secrets = this.context.store.list<KubeObject>('secrets', 'kube-system').filter((secret) => secret['type'] === bootstrapTokenType);
    const living = secrets.filter((secret) => !isExpired(secretData(secret), now));
    for (const secret of secrets) if (!living.includes(secret)) this.context.store.delete('secrets', secret);
    this.sign(living.map(secretData).filter((data) => data['usage-bootstrap-signing'] === 'true'));
    const ends = living.map((secret) => Date.parse(secretData(secret)['expiration'] ?? '')).filter((at) => !Number.isNaN(at));
    if (ends.length > 0) this.queue.add(everything, Math.min(timerMaxMs, Math.min(...ends) - now.getTime() + 1));
  }

  private sign(tokens: Record<string, string>[]): void {
    const info = this.context.store.get('configmaps', 'kube-public', 'cluster-info');
    const kubeconfig = textOf(fieldsOf(info?.['data'])['kubeconfig']);
    if (!info || kubeconfig === undefined) return;
    const signatures = tokens.map((data): [string, string] => [`jws-kubeconfig-${data['token-id'] ?? ''}`, signature(kubeconfig, data)]);
    const data: Fields = { kubeconfig, ...Object.fromEntries(signatures) };
    this.context.writer.change(this.context.catalogue.byId('configmaps'), info, (copy) => {
      copy['data'] = data;
    });
  }
}

/** A JSON Web Signature without its payload, which is the ConfigMap's kubeconfig itself. */
function signature(kubeconfig: string, data: Record<string, string>): string {
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: data['token-id'] })).toString('base64url');
  const payload = Buffer.from(kubeconfig).toString('base64url');
  const mac = createHmac('sha256', data['token-secret'] ?? '').update(`${header}.${payload}`).digest('base64url');
  return `${header}..${mac}`;
}
