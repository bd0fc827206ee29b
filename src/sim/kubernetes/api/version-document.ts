/** `/version`: what a build of this release says of itself. */
export function versionDocument(kubernetesVersion: string): object {
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  return {
    major,
    minor,
    gitVersion: kubernetesVersion,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none: simulated',
    compiler: 'none',
    platform: 'linux/amd64',
  };
}

/** The minor release number of e.g. v1.32.4. */
export const minorOf = (kubernetesVersion: string): number => Number(/^v?\d+\.(\d+)/.exec(kubernetesVersion)?.[1] ?? 0);
