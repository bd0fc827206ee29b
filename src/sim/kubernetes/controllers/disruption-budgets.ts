import { controllerOf, fieldsOf, textOf, valueAt, type Fields, type KubeObject } from '../objects/kube-object.js';
import { matchesSelector } from '../objects/label-selector.js';
import { isPodReady, type LabelSelector, type Pod, type Workload } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';
import { share } from './plan-rollout.js';

const id = 'poddisruptionbudgets.policy';
/** An eviction that was granted but whose pod did not go: after so long it counts no more. */
const disruptionTimeoutMs = 120_000;

/** Keeps the status of PodDisruptionBudgets: how many of their pods are healthy and how many more may go. */
export class DisruptionBudgets implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'disruption-budgets'));
    for (const budget of context.store.values(id)) this.queue.add(keyOf(budget.metadata));
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === id && type !== 'DELETED') this.queue.add(keyOf(object.metadata));
    if (resource !== 'pods') return;
    for (const budget of this.context.store.values<KubeObject>(id)) if (selects(budget, object as Pod)) this.queue.add(keyOf(budget.metadata));
  }

  stop(): void {
    this.queue.stop();
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const budget = this.context.store.get<KubeObject>(id, namespace, name);
    if (!budget) return;
    const pods = [...this.context.store.values<Pod>('pods')].filter((pod) => selects(budget, pod));
    const disrupted = stillLeaving(budget, pods);
    const currentHealthy = pods.filter((pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined).length;
    const expectedPods = countsScale(budget) ? this.scaleOf(pods) : pods.length;
    const desiredHealthy = desired(budget, expectedPods);
    this.context.writer.change(this.context.catalogue.byId(id), budget, (copy) => {
      copy['status'] = {
        observedGeneration: budget.metadata.generation ?? 1,
        disruptionsAllowed: expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0,
        ...{ currentHealthy, desiredHealthy, expectedPods },
        ...(Object.keys(disrupted).length > 0 && { disruptedPods: disrupted }),
      };
    });
  }

  /** How many pods the controllers of these pods want altogether. */
  private scaleOf(pods: Pod[]): number {
    const owners = new Map(pods.map(controllerOf).flatMap((owner) => (owner ? [[owner.uid, owner] as const] : [])));
    const namespace = pods[0]?.metadata.namespace;
    return [...owners.values()].reduce((sum, owner) => {
      const type = this.context.catalogue.byKind('apps', owner.kind);
      const found = type && this.context.store.get<Workload>(`${type.plural}.apps`, namespace, owner.name);
      return sum + (found?.spec.replicas ?? pods.filter((pod) => controllerOf(pod)?.uid === owner.uid).length);
    }, 0);
  }
}

const selects = (budget: KubeObject, pod: Pod): boolean =>
  budget.metadata.namespace === pod.metadata.namespace && matchesSelector(pod.metadata.labels, valueAt(budget, 'spec', 'selector') as LabelSelector | undefined);

/** A plain minimum counts the pods that are there; shares and maxima refer to what their controllers want. */
function countsScale(budget: KubeObject): boolean {
  const { minAvailable, maxUnavailable } = fieldsOf(budget['spec']);
  return maxUnavailable !== undefined || typeof minAvailable === 'string';
}

function desired(budget: KubeObject, expectedPods: number): number {
  const { minAvailable, maxUnavailable } = fieldsOf(budget['spec']);
  if (maxUnavailable !== undefined) return Math.max(0, expectedPods - share(maxUnavailable, expectedPods, 'up'));
  return share(minAvailable ?? 1, expectedPods, 'up');
}

/** Granted evictions whose pods are still there and not yet terminating. */
function stillLeaving(budget: KubeObject, pods: Pod[]): Fields {
  const granted = Object.entries(fieldsOf(valueAt(budget, 'status', 'disruptedPods')));
  return Object.fromEntries(
    granted.filter(([name, at]) => {
      const pod = pods.find((candidate) => candidate.metadata.name === name);
      return pod?.metadata.deletionTimestamp === undefined && pod !== undefined && Date.now() - Date.parse(textOf(at) ?? '') < disruptionTimeoutMs;
    }),
  );
}
