import { compareKubernetesVersions, kubeletSkewProblem, planUpgradePath } from '../../domain/kubernetes-skew.js';
import { parseKubernetesVersion, type KubernetesVersion } from '../../domain/kubernetes-version.js';

export interface PreflightNode {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  /** It will be replaced. */
  readonly isTouched: boolean;
  /** As its cluster shows it. */
  readonly isReady: boolean;
  /** `v1.32.4`; null while it is not known. */
  readonly kubeletVersion: string | null;
}

export interface PreflightBudget {
  readonly name: string;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  /** Nodes that its pods run on. */
  readonly nodeNames: readonly string[];
}

/** Everything that is looked at before an upgrade touches anything. */
export interface PreflightFacts {
  readonly now: Date;
  readonly targetVersion: string;
  /** Of the API server. */
  readonly controlPlaneVersion: string;
  readonly movesControlPlane: boolean;
  readonly nodes: readonly PreflightNode[];
  /** Null: there is none by that id. */
  readonly image: { readonly name: string; readonly status: string; readonly kubeVersion: string | null } | null;
  readonly budgets: readonly PreflightBudget[];
  readonly drainPolicy: 'fail' | 'force' | 'skip-node';
  readonly certificates: readonly { readonly name: string; readonly expiresAt: Date }[];
  /** Served APIs that somebody has used and that some release takes away; null: not known. */
  readonly deprecatedApis: readonly { readonly api: string; readonly removedIn: string }[] | null;
  /** Workloads of one pod, which is away while its node is replaced. */
  readonly singles: readonly { readonly name: string; readonly nodeName: string }[];
}

/** blockers: nothing is begun while there is one · warnings: people should know. Sentences without their full stop. */
export interface PreflightVerdict {
  readonly blockers: readonly string[];
  readonly warnings: readonly string[];
}

/** A certificate that would end while the roll is under way, or soon after, is to be renewed first. */
const certificateReserveMs = 24 * 3_600_000;

/** Pure; every sentence names the thing and what to do about it. */
export function judgePreflight(facts: PreflightFacts): PreflightVerdict {
  const budgets = budgetProblems(facts);
  const canWait = facts.drainPolicy === 'fail';
  return {
    blockers: [...versionProblems(facts), ...nodeProblems(facts), ...imageProblems(facts), ...certificateProblems(facts), ...removedApis(facts), ...(canWait ? budgets : [])],
    warnings: [...(canWait ? [] : budgets), ...singleWarnings(facts), ...unknownApis(facts)],
  };
}

function versionProblems({ targetVersion, controlPlaneVersion, movesControlPlane, nodes }: PreflightFacts): string[] {
  const [target, controlPlane] = [parseKubernetesVersion(targetVersion), parseKubernetesVersion(controlPlaneVersion)];
  if (!target || !controlPlane) return [`Versions cannot be compared: the API server says ${controlPlaneVersion}, wanted is ${targetVersion}`];
  if (!movesControlPlane) {
    const problem = kubeletSkewProblem(target, controlPlane);
    return problem === undefined ? [] : [`Upgrade the control plane first: ${problem}`];
  }
  const workers = nodes.flatMap(({ role, kubeletVersion }): KubernetesVersion[] => {
    const version = role === 'worker' && kubeletVersion !== null ? parseKubernetesVersion(kubeletVersion) : undefined;
    return version ? [version] : [];
  });
  const path = planUpgradePath(controlPlane, workers, target);
  if (path.kind === 'refused') return [`The upgrade would break Kubernetes' rule of version skew: ${path.because}`];
  const minors = path.legs.filter(({ kind }) => kind === 'control-plane').length;
  const left = path.legs[0]?.kind === 'workers' && minors > 0 ? path.legs[0].because : undefined;
  if (left !== undefined) return [`Some workers are too old to go on with an API server of ${targetVersion}, ${left}: upgrade their groups first`];
  const isNewer = compareKubernetesVersions(target, controlPlane) > 0;
  return isNewer && minors > 1
    ? [`From ${controlPlaneVersion} to ${targetVersion} no minor version may be skipped: upgrade to a template of 1.${controlPlane.minor + 1} first`]
    : [];
}

function nodeProblems({ nodes }: PreflightFacts): string[] {
  const unready = nodes.filter(({ isReady }) => !isReady).map(({ name }) => name);
  if (unready.length === 0) return [];
  const [first] = unready;
  const names = unready.length > 5 ? `${unready.slice(0, 5).join(', ')} and ${unready.length - 5} more` : unready.join(', ');
  return [unready.length === 1 ? `Node ${first ?? ''} is not Ready: mend or replace it first` : `Nodes ${names} are not Ready: mend or replace them first`];
}

function imageProblems({ image, targetVersion }: PreflightFacts): string[] {
  if (!image) return ['The image is gone from Glance: name a template with one that exists'];
  if (image.status !== 'active') return [`Image ${image.name} is ${image.status}: nothing boots from it before it is active`];
  const installed = image.kubeVersion === null ? undefined : parseKubernetesVersion(image.kubeVersion);
  const wanted = parseKubernetesVersion(targetVersion);
  if (installed && wanted && compareKubernetesVersions(installed, wanted) === 0) return [];
  return [`Image ${image.name} has ${image.kubeVersion ?? 'no kube_version'} by now and not ${targetVersion}: ask for the upgrade again`];
}

function certificateProblems({ certificates, now }: PreflightFacts): string[] {
  return certificates
    .filter(({ expiresAt }) => expiresAt.getTime() - now.getTime() < certificateReserveMs)
    .map(({ name, expiresAt }) => `The certificate of ${name} ends at ${expiresAt.toISOString()}: rotate it first`);
}

/** A release that is at most the wanted one takes the API away. */
function removedApis({ deprecatedApis, targetVersion, controlPlaneVersion }: PreflightFacts): string[] {
  const [target, present] = [parseKubernetesVersion(targetVersion), parseKubernetesVersion(controlPlaneVersion)];
  if (!target || !present) return [];
  return (deprecatedApis ?? []).flatMap(({ api, removedIn }) => {
    const minor = Number(/^1\.(\d+)$/.exec(removedIn)?.[1] ?? Number.NaN);
    return minor > present.minor && minor <= target.minor ? [`${api} is in use and Kubernetes ${removedIn} has it no more: move its users to a newer version first`] : [];
  });
}

/** Only budgets of pods that will have to move; what never allows a disruption would hold its node for good. */
function budgetProblems({ budgets, nodes }: PreflightFacts): string[] {
  const touched = new Set(nodes.filter(({ isTouched }) => isTouched).map(({ name }) => name));
  return budgets.flatMap(({ name, desiredHealthy, expectedPods, nodeNames }) => {
    const onTouched = [...new Set(nodeNames.filter((node) => touched.has(node)))];
    const isImpossible = expectedPods > 0 && desiredHealthy >= expectedPods;
    return isImpossible && onTouched.length > 0
      ? [`PodDisruptionBudget ${name} wants ${desiredHealthy} of its ${expectedPods} pods at every moment, so none on ${onTouched.slice(0, 3).join(', ')} may ever go: add a replica or relax it`]
      : [];
  });
}

function singleWarnings({ singles, nodes }: PreflightFacts): string[] {
  const touched = new Set(nodes.filter(({ isTouched }) => isTouched).map(({ name }) => name));
  const names = singles.filter(({ nodeName }) => touched.has(nodeName)).map(({ name }) => name);
  if (names.length === 0) return [];
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return [`One pod alone does the work of ${shown}: it is away while it moves`];
}

const unknownApis = ({ deprecatedApis, movesControlPlane }: PreflightFacts): string[] =>
  deprecatedApis === null && movesControlPlane ? ['Whether removed API versions are in use is not known: nobody has looked'] : [];
