/** What people may set about proxies and registries: what the programs on a node understand alike, and no character more. */

const hostPattern = String.raw`(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?|\[[0-9A-Fa-f:.]+\])`;
const proxyPattern = new RegExp(String.raw`^(?:(?:https?|socks5h?)://)?(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?${hostPattern}(?::(\d{1,5}))?/?$`);
const noProxyEntryPattern = /^[A-Za-z0-9._*:/[\]-]+$/;
const registryPattern = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::(\d{1,5}))?$/;

const isPort = (text: string | undefined): boolean => text === undefined || (Number(text) > 0 && Number(text) < 65_536);

/**
 * The proxy of http_proxy and https_proxy: a URL as Go (containerd, kubeadm) and curl read it. Other characters of user and
 * password are percent-encoded by whoever sets it, as the programs expect.
 */
export function isProxy(text: string): boolean {
  const match = proxyPattern.exec(text);
  return match !== null && isPort(match[1]);
}

/** Comma-separated names, domains, addresses and ranges; blanks around them do not count. */
export const isNoProxy = (text: string): boolean =>
  text.split(',').every((entry) => {
    const trimmed = entry.replace(/^[ \t]+|[ \t]+$/g, '');
    return trimmed === '' || noProxyEntryPattern.test(trimmed);
  });

/** Host with an optional port; it also becomes a folder's name on the nodes. */
export function isRegistry(text: string): boolean {
  const match = registryPattern.exec(text);
  return match !== null && isPort(match[1]) && text.length <= 255;
}

/** What each of them expects, as the end of a sentence. */
export const expected = {
  proxy: 'expected a URL such as http://proxy.example.org:3128, odd characters of user and password percent-encoded',
  noProxy: 'expected names, domains, addresses and ranges, separated by commas',
  registry: 'expected a host name with an optional port, such as registry.example.org:5000',
} as const;
