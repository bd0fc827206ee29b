import type { ServerResponse } from 'node:http';
import { sendText } from './response.js';

/** The checks that `?verbose` lists; only etcd can fail here. Readiness has two more than liveness. */
const commonChecks = [
  ...['ping', 'log', 'etcd'],
  ...['poststarthook/generic-apiserver-start-informers', 'poststarthook/start-apiextensions-informers', 'poststarthook/start-apiextensions-controllers'],
  ...['poststarthook/crd-informer-synced', 'poststarthook/bootstrap-controller', 'poststarthook/rbac/bootstrap-roles'],
  ...['poststarthook/scheduling/bootstrap-system-priority-classes', 'poststarthook/apiservice-registration-controller', 'autoregister-completion'],
];
const checksOf = { healthz: commonChecks, livez: commonChecks, readyz: [...commonChecks, 'informer-sync', 'shutdown'] };

export type HealthEndpoint = keyof typeof checksOf;

export const isHealthEndpoint = (name: string): name is HealthEndpoint => Object.hasOwn(checksOf, name);

/** `ok`, or with `?verbose` (and always on failure) a line for each check; `?exclude=` leaves checks out. */
export function sendHealth(response: ServerResponse, endpoint: HealthEndpoint, query: URLSearchParams, hasQuorum: boolean): void {
  const excluded = query.getAll('exclude');
  const failed = !hasQuorum && !excluded.includes('etcd');
  if (!failed && !query.has('verbose')) {
    sendText(response, 200, 'ok');
    return;
  }
  const lines = checksOf[endpoint].map((check) => {
    if (excluded.includes(check)) return `[+]${check} excluded: ok`;
    return check === 'etcd' && failed ? '[-]etcd failed: reason withheld' : `[+]${check} ok`;
  });
  sendText(response, failed ? 500 : 200, `${[...lines, `${endpoint} check ${failed ? 'failed' : 'passed'}`].join('\n')}\n`);
}
