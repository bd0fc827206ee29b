export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Reads `v1.32.4` or `1.32.4`; undefined when the text is no such version. Suffixes such as -rc.1 are not releases. */
export function parseKubernetesVersion(text: string): KubernetesVersion | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (!match) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

export const formatKubernetesVersion = ({ major, minor, patch }: KubernetesVersion): string => `v${major}.${minor}.${patch}`;
