import { fieldsOf, valueAt, copyOf, timestamp, type Fields, type KubeObject } from '../objects/kube-object.js';
import { matchesSelector } from '../objects/label-selector.js';
import { deleteObject, type DeleteOptions } from '../objects/object-deletion.js';
import { namespacesType } from '../objects/object-writer.js';
import { isPodFinished, isPodReady, type LabelSelector, type Pod } from '../objects/workloads.js';
import type { ApiContext } from './api-context.js';
import { StatusError, badRequest, namespaceTerminating, notFound, type Status } from './status-error.js';

const evictionVersions = new Set(['policy/v1', 'policy/v1beta1']);
const budgetsId = 'poddisruptionbudgets.policy';
const podsType = { group: '', plural: 'pods' };

/** Asks a pod to go if its disruption budget allows: 201, or 429 with the budget that forbids it. */
export function evictPod(context: ApiContext, namespace: string, name: string, body: Fields, options: DeleteOptions): Status {
  checkBody(name, body);
  assertNamespaceOpen(context, namespace, name);
  const pod = context.store.get<Pod>('pods', namespace, name);
  if (!pod) throw notFound(podsType, name);
  const budget = isFreeToGo(pod) ? undefined : budgetOf(context, pod);
  if (budget) spendBudget(context, budget, pod, options.dryRun === true);
  deleteObject(context.store, context.catalogue.byId('pods'), pod, options);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** apiVersion and kind may be left out: then the server assumes its own, whichever that is. */
function checkBody(name: string, body: Fields): void {
  const { apiVersion, kind } = body;
  if (apiVersion !== undefined && (typeof apiVersion !== 'string' || !evictionVersions.has(apiVersion)))
    throw badRequest(`no kind "Eviction" is registered for version ${JSON.stringify(apiVersion)}`);
  if (kind !== undefined && kind !== 'Eviction') throw badRequest(`an Eviction is expected here, not ${JSON.stringify(kind)}`);
  if (valueAt(body, 'metadata', 'name') !== name) throw badRequest('name in URL does not match name in Eviction object');
}

function assertNamespaceOpen({ store }: ApiContext, namespace: string, name: string): void {
  const found = store.get('namespaces', undefined, namespace);
  if (!found) throw notFound(namespacesType, namespace);
  if (found.metadata.deletionTimestamp !== undefined) throw namespaceTerminating(podsType, name, namespace);
}

/** Budgets protect what runs: finished, pending and already leaving pods go without asking. */
const isFreeToGo = (pod: Pod): boolean => isPodFinished(pod) || pod.status.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;

function budgetOf({ store }: ApiContext, pod: Pod): KubeObject | undefined {
  const budgets = store.list<KubeObject>(budgetsId, pod.metadata.namespace).filter((budget) => matchesSelector(pod.metadata.labels, valueAt(budget, 'spec', 'selector') as LabelSelector | undefined));
  if (budgets.length > 1) throw new StatusError(500, undefined, 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  return budgets[0];
}

function spendBudget(context: ApiContext, budget: KubeObject, pod: Pod, isDryRun: boolean): void {
  const status = fieldsOf(budget['status']);
  const [currentHealthy, desiredHealthy, allowed] = ['currentHealthy', 'desiredHealthy', 'disruptionsAllowed'].map((field) => Number(status[field] ?? 0)) as [number, number, number];
  const isUnhealthy = pod.status.phase === 'Running' && !isPodReady(pod);
  if (isUnhealthy && valueAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return;
  // Evicting a pod that is not ready costs no healthy one.
  if (isUnhealthy && desiredHealthy > 0 && currentHealthy >= desiredHealthy) return;
  if (Number(status['observedGeneration'] ?? 0) < (budget.metadata.generation ?? 1))
    throw violates(`The disruption budget ${budget.metadata.name} is still being processed by the server.`);
  if (allowed <= 0)
    throw violates(`The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`);
  if (isDryRun) return;
  const spent = copyOf(budget);
  const disruptedPods = { ...fieldsOf(status['disruptedPods']), [pod.metadata.name]: timestamp() };
  spent['status'] = { ...status, disruptionsAllowed: allowed - 1, disruptedPods };
  context.store.put(budgetsId, spent);
}

const violates = (message: string): StatusError =>
  new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", { causes: [{ reason: 'DisruptionBudget', message }] });
