import type { ClusterSpec } from '../../src/driver-contract/index.js';

/**
 * Proxy settings of a node's programs by name of their environment variables; empty when the cluster has no proxy. What
 * belongs to the cluster never goes through it: calls between nodes, pods and services would leave the tenant's network.
 */
export function proxyVariables(spec: ClusterSpec, ownHosts: readonly string[] = []): Readonly<Record<string, string>> {
  const { httpProxy, httpsProxy, noProxy } = spec;
  if (httpProxy === null && httpsProxy === null) return {};
  const own = ['localhost', '127.0.0.0/8', spec.subnetCidr, spec.podCidr, spec.serviceCidr, '.svc', `.${spec.clusterDomain}`, ...ownHosts];
  const given = (noProxy ?? '').split(',').map((entry) => entry.trim());
  return {
    ...(httpProxy === null ? {} : { HTTP_PROXY: httpProxy }),
    ...(httpsProxy === null ? {} : { HTTPS_PROXY: httpsProxy }),
    NO_PROXY: [...new Set([...given, ...own])].filter((entry) => entry !== '').join(','),
  };
}

/** Lines of shell assignments, which systemd's EnvironmentFile reads as well. */
export const shellAssignments = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${shellQuoted(value)}\n`)
    .join('');

/**
 * One word for the shell and for systemd's EnvironmentFile, whatever is in it: a single quote goes into double quotes of its
 * own, because systemd, unlike the shell, reads on without quotes after a backslash. Throws on NUL, which no variable can hold.
 */
function shellQuoted(value: string): string {
  if (value.includes('\0')) throw new Error('A setting of a node holds a NUL character.');
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}
