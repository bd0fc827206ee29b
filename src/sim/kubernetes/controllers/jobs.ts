import { controllerOf, timestamp } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import type { Pod, Workload } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';
import { createPod, isActive, ownedBy } from './owned-pods.js';

const id = 'jobs.batch';

/** Runs a Job's pods, as many at once as it allows, until enough have succeeded. */
export class Jobs implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'jobs'));
    for (const job of context.store.values(id)) this.queue.add(keyOf(job.metadata));
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === id && type !== 'DELETED') this.queue.add(keyOf(object.metadata));
    const owner = resource === 'pods' ? controllerOf(object) : undefined;
    if (owner?.kind === 'Job') this.queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  }

  stop(): void {
    this.queue.stop();
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const job = this.context.store.get<Workload>(id, namespace, name);
    if (!job || job.metadata.deletionTimestamp !== undefined || job.status?.['completionTime'] !== undefined) return;
    const pods = ownedBy(this.context.store.values<Pod>('pods'), job);
    const succeeded = pods.filter((pod) => pod.status.phase === 'Succeeded').length;
    const active = pods.filter(isActive);
    const wanted = Math.max(0, (job.spec.completions ?? 1) - succeeded);
    const atOnce = job.spec.suspend === true ? 0 : Math.min(job.spec.parallelism ?? 1, wanted);
    for (let missing = atOnce - active.length; missing > 0; missing -= 1) this.createPod(job);
    for (const pod of active.slice(atOnce)) deleteObject(this.context.store, this.context.catalogue.byId('pods'), pod);
    this.context.writer.change<Workload>(this.context.catalogue.byId(id), job, (copy) => {
      const startTime = job.status?.['startTime'] ?? timestamp();
      const done = { completionTime: timestamp(), conditions: [{ type: 'Complete', status: 'True', lastProbeTime: timestamp(), lastTransitionTime: timestamp() }] };
      copy.status = { startTime, succeeded, ...(wanted > 0 && { active: Math.min(active.length, atOnce) }), ...(wanted === 0 && done) };
    });
  }

  private createPod(job: Workload): void {
    const { name, uid } = job.metadata;
    const labels = { 'job-name': name, 'controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'batch.kubernetes.io/controller-uid': uid };
    createPod(this.context, job, job.spec.template, { labels });
  }
}
