import type { ServiceName, TokenInfo } from '../sim-context.js';

/** Names by which application credentials may call a service. */
const aliases: Record<ServiceName, readonly string[]> = {
  identity: ['identity'],
  image: ['image'],
  compute: ['compute'],
  network: ['network'],
  volumev3: ['volumev3', 'volume', 'block-storage', 'block-store'],
  orchestration: ['orchestration'],
  'load-balancer': ['load-balancer'],
};

/** Whether the rules of the application credential behind the token, if there are any, let this call through. */
export function isAllowedByRules({ accessRules }: TokenInfo, service: ServiceName, method: string, url: string): boolean {
  if (accessRules === null) return true;
  const path = url.split('?')[0] ?? '';
  return accessRules.some((rule) => aliases[service].includes(rule.service) && rule.method.toUpperCase() === method && pathPattern(rule.path).test(path));
}

/** `*` and `{name}` stand for one part of a path, `**` for any number of them. */
function pathPattern(rule: string): RegExp {
  const source = rule
    .split(/(\*\*|\*|\{[^}/]+\})/)
    .map((part) => (part === '**' ? '.*' : part === '*' || /^\{.+\}$/.test(part) ? '[^/]+' : part.replaceAll(/[.+?^$()[\]\\|{}]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}/?$`);
}
