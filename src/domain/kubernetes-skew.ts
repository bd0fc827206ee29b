import { formatKubernetesVersion, parseKubernetesVersion, type KubernetesVersion } from './kubernetes-version.js';

/*
 * Kubernetes' version skew policy (https://kubernetes.io/releases/version-skew-policy/), as far as nodes and their order are
 * concerned: the control plane goes up one minor at a time, and a kubelet is never newer than its API server and at most
 * three minors older (two, where the API server is older than 1.28).
 */

/** First minor of the API server that works with kubelets three minors older. */
const firstMinorWithWideSkew = 28;

export const kubeletLagMax = (apiServer: KubernetesVersion): number => (apiServer.minor >= firstMinorWithWideSkew ? 3 : 2);

/** Negative: `a` is older than `b`. */
export function compareKubernetesVersions(a: KubernetesVersion, b: KubernetesVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** Why these two must not work together, as a clause; undefined when they may. */
export function kubeletSkewProblem(kubelet: KubernetesVersion, apiServer: KubernetesVersion): string | undefined {
  const [theirs, ours] = [formatKubernetesVersion(kubelet), formatKubernetesVersion(apiServer)];
  // The policy speaks of minors: a kubelet may be some patches ahead.
  if (kubelet.major !== apiServer.major) return `kubelet ${theirs} and API server ${ours} are of different major versions`;
  if (kubelet.minor > apiServer.minor) return `kubelet ${theirs} is newer than the API server, ${ours}`;
  const lag = apiServer.minor - kubelet.minor;
  const lagMax = kubeletLagMax(apiServer);
  return lag > lagMax ? `kubelet ${theirs} is ${lag} minor versions older than the API server, ${ours}; ${lagMax} are allowed` : undefined;
}

export type UpgradeLeg =
  /** The control plane goes to this minor; of minors on the way any patch will do. */
  | { readonly kind: 'control-plane'; readonly major: number; readonly minor: number; readonly because: string }
  /** Workers are rolled to the version that the control plane has by then. */
  | { readonly kind: 'workers'; readonly major: number; readonly minor: number; readonly because: string };

export type UpgradePath = { readonly kind: 'refused'; readonly because: string } | { readonly kind: 'path'; readonly legs: readonly UpgradeLeg[] };

/**
 * How a cluster gets from one version to another: the control plane minor by minor, the workers once at the end, and earlier
 * only when the oldest of them would otherwise fall behind too far. `workers`: versions of the kubelets that are there.
 */
export function planUpgradePath(controlPlane: KubernetesVersion, workers: readonly KubernetesVersion[], target: KubernetesVersion): UpgradePath {
  const refused = refusal(controlPlane, workers, target);
  if (refused !== undefined) return { kind: 'refused', because: refused };
  const { major } = target;
  const legs: UpgradeLeg[] = [];
  let oldest = Math.min(target.minor, ...workers.map(({ minor }) => minor));
  if (controlPlane.minor === target.minor && controlPlane.patch < target.patch) {
    legs.push({ kind: 'control-plane', major, minor: target.minor, because: `patch ${target.patch} is newer than ${controlPlane.patch}` });
  }
  for (let minor = controlPlane.minor + 1; minor <= target.minor; minor++) {
    const lagMax = kubeletLagMax({ major, minor, patch: 0 });
    if (minor - oldest > lagMax) {
      legs.push({ kind: 'workers', major, minor: minor - 1, because: `kubelets of 1.${oldest} may not work with an API server of 1.${minor}` });
      oldest = minor - 1;
    }
    legs.push({ kind: 'control-plane', major, minor, because: minor === target.minor ? 'it is the version wanted' : 'no minor version may be skipped' });
  }
  if (workers.some((worker) => compareKubernetesVersions(worker, target) !== 0)) {
    legs.push({ kind: 'workers', major, minor: target.minor, because: 'the control plane has the version wanted by then' });
  }
  return { kind: 'path', legs };
}

/**
 * Why a control plane whose nodes were seen with these versions cannot go to the target in one upgrade, as a clause; undefined
 * when it can. It never goes back, and no minor is skipped by any of its nodes.
 */
export function controlPlaneStepProblem(seen: readonly string[], target: string): string | undefined {
  const to = parseKubernetesVersion(target);
  if (!to) return `"${target}" is no Kubernetes version`;
  for (const text of seen) {
    const from = parseKubernetesVersion(text);
    if (!from) continue;
    if (from.major !== to.major) return `from ${text} to ${target} is another major version`;
    if (compareKubernetesVersions(to, from) < 0) return `the control plane has ${text}, and ${target} is older: Kubernetes cannot go back`;
    if (to.minor - from.minor > 1) return `the control plane has ${text}, and no minor version may be skipped on the way to ${target}: upgrade to a template of ${from.major}.${from.minor + 1} first`;
  }
  return undefined;
}

function refusal(controlPlane: KubernetesVersion, workers: readonly KubernetesVersion[], target: KubernetesVersion): string | undefined {
  const [from, to] = [formatKubernetesVersion(controlPlane), formatKubernetesVersion(target)];
  if (controlPlane.major !== target.major) return `from ${from} to ${to} is another major version`;
  if (compareKubernetesVersions(target, controlPlane) < 0) return `the control plane has ${from}, and ${to} is older: Kubernetes cannot go back`;
  for (const worker of workers) {
    const problem = kubeletSkewProblem(worker, controlPlane);
    if (problem !== undefined) return `${problem}; mend that first`;
  }
  return undefined;
}
