import { controllerOf, timestamp, valueAt, type KubeObject } from '../objects/kube-object.js';
import type { Workload } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';
import { ownedBy, ownerReferenceTo, templateHash } from './owned-pods.js';
import { planRollout, share } from './plan-rollout.js';

const id = 'deployments.apps';
const setsId = 'replicasets.apps';
const hashLabel = 'pod-template-hash';

/** Deployments: a ReplicaSet for each template, old ones shrinking while the new one grows. */
export class Deployments implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'deployments'));
    for (const deployment of context.store.values(id)) this.queue.add(keyOf(deployment.metadata));
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === id && type !== 'DELETED') this.queue.add(keyOf(object.metadata));
    const owner = resource === setsId ? controllerOf(object) : undefined;
    if (owner?.kind === 'Deployment') this.queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  }

  stop(): void {
    this.queue.stop();
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const deployment = this.context.store.get<Workload>(id, namespace, name);
    if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return;
    const hash = templateHash(deployment.spec.template);
    const sets = ownedBy(this.context.store.values<Workload>(setsId), deployment);
    const newest = sets.find((set) => set.metadata.labels?.[hashLabel] === hash);
    if (!newest) {
      this.createSet(deployment, hash, sets);
      return;
    }
    const old = sets.filter((set) => set !== newest);
    this.scale(deployment, newest, old);
    this.report(deployment, newest, sets);
  }

  private createSet(deployment: Workload, hash: string, old: Workload[]): void {
    const { namespace, name } = deployment.metadata;
    const { template, selector } = deployment.spec;
    const labels = { ...template.metadata?.labels, [hashLabel]: hash };
    const desired = deployment.spec.replicas ?? 1;
    const surgeMax = limits(deployment).surgeMax;
    const running = old.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
    this.context.writer.create(this.context.catalogue.byId(setsId), namespace, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        labels,
        annotations: { 'deployment.kubernetes.io/revision': String(old.length + 1) },
        ownerReferences: [ownerReferenceTo(deployment)],
      },
      spec: {
        replicas: Math.max(0, Math.min(desired, desired + surgeMax - running)),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    });
  }

  private scale(deployment: Workload, newest: Workload, old: Workload[]): void {
    const sum = (field: (set: Workload) => number): number => old.reduce((total, set) => total + field(set), 0);
    const plan = planRollout({
      desired: deployment.spec.replicas ?? 1,
      newReplicas: newest.spec.replicas ?? 0,
      newReady: ready(newest),
      oldReplicas: sum((set) => set.spec.replicas ?? 0),
      oldReady: sum(ready),
      ...limits(deployment),
    });
    this.setReplicas(newest, plan.newReplicas);
    let remaining = plan.oldReplicas;
    for (const set of old) {
      const keep = Math.min(set.spec.replicas ?? 0, remaining);
      remaining -= keep;
      this.setReplicas(set, keep);
    }
  }

  private setReplicas(set: Workload, replicas: number): void {
    this.context.writer.change<Workload>(this.context.catalogue.byId(setsId), set, (copy) => {
      copy.spec.replicas = replicas;
    });
  }

  private report(deployment: Workload, newest: Workload, sets: Workload[]): void {
    const replicas = sets.reduce((total, set) => total + Number(set.status?.['replicas'] ?? 0), 0);
    const readyReplicas = sets.reduce((total, set) => total + ready(set), 0);
    const desired = deployment.spec.replicas ?? 1;
    const isAvailable = readyReplicas >= desired - limits(deployment).unavailableMax;
    this.context.writer.change<Workload>(this.context.catalogue.byId(id), deployment, (copy) => {
      copy.status = {
        observedGeneration: deployment.metadata.generation ?? 1,
        replicas,
        updatedReplicas: Number(newest.status?.['replicas'] ?? 0),
        readyReplicas,
        availableReplicas: readyReplicas,
        ...(desired > readyReplicas && { unavailableReplicas: desired - readyReplicas }),
        conditions: [
          condition(copy, 'Available', isAvailable, isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable'),
          condition(copy, 'Progressing', true, readyReplicas >= desired ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated'),
        ],
      };
    });
  }
}

const ready = (set: Workload): number => Number(set.status?.['readyReplicas'] ?? 0);

function limits(deployment: Workload): { surgeMax: number; unavailableMax: number } {
  const desired = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.['type'] === 'Recreate') return { surgeMax: 0, unavailableMax: desired };
  const rolling = deployment.spec.strategy?.['rollingUpdate'];
  const surgeMax = share(valueAt(rolling, 'maxSurge') ?? '25%', desired, 'up');
  const unavailableMax = share(valueAt(rolling, 'maxUnavailable') ?? '25%', desired, 'down');
  // Both zero would never move.
  return { surgeMax, unavailableMax: surgeMax === 0 && unavailableMax === 0 ? 1 : unavailableMax };
}

function condition(object: KubeObject, type: string, isTrue: boolean, reason: string): object {
  const known = (valueAt(object, 'status', 'conditions') as { type: string; status: string; lastTransitionTime: string }[] | undefined)?.find((other) => other.type === type);
  const status = isTrue ? 'True' : 'False';
  const lastTransitionTime = known?.status === status ? known.lastTransitionTime : timestamp();
  return { type, status, reason, lastTransitionTime };
}
