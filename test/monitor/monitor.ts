import { setTimeout as pause } from 'node:timers/promises';
import { CloudEye } from './eyes/cloud-eye.js';
import { DatabaseEye } from './eyes/database-eye.js';
import { KubernetesEye } from './eyes/kubernetes-eye.js';
import { judge } from './judge.js';
import { clustersShown, grantNames, nothingYet, remember, settleMs, type Memory } from './memory.js';
import type { CloudView, Sample, Violation } from './sample.js';
import type { Summary } from './verdict.js';

/** From the beginning of one sample to the beginning of the next (ms). */
export const periodMs = 100;

/** Looks, judges, remembers, again and again, until it is told to end. */
export class Monitor {
  private readonly cloud: CloudEye;
  private readonly kubernetes: KubernetesEye;
  private readonly database: DatabaseEye;
  private memory: Memory = nothingYet;
  private readonly told = new Set<string>();
  private readonly seen = { clusters: new Set<string>(), servers: new Set<string>(), stacks: new Set<string>(), kubernetes: new Set<string>() };
  private readonly counts = { samples: 0, late: 0, gaps: 0, restarts: 0, violations: 0 };
  private lastGap: string | null = null;

  constructor(
    { adminUrl, databaseUrl }: { readonly adminUrl: string; readonly databaseUrl: string },
    private readonly tell: (violation: Violation & { readonly at: string }) => void,
  ) {
    this.cloud = new CloudEye(adminUrl);
    this.kubernetes = new KubernetesEye((cluster) => this.cloud.adminAccess(cluster));
    this.database = new DatabaseEye(databaseUrl);
  }

  /** Samples until `end` is aborted, and then once more for the verdict. `sampled` is called after the first sample. */
  async run(end: AbortSignal, sampled: () => void): Promise<Summary> {
    const startedAt = Date.now();
    while (!end.aborted) {
      const begun = Date.now();
      if ((await this.sample(false)) && this.counts.samples === 1) sampled();
      const left = periodMs - (Date.now() - begun);
      if (left > 0) await pause(left, undefined, { signal: end }).catch(() => undefined);
      else this.counts.late += 1;
    }
    // The database of the first of the two says what may no longer be in the cloud of the second.
    await this.sample(false);
    // A server that has just gone is judged by what is seen afterwards.
    const judgedBy = Date.now() + settleMs;
    while (this.memory.vanished.length > 0 && Date.now() < judgedBy) {
      await pause(periodMs);
      await this.sample(false);
    }
    await this.sample(true);
    this.kubernetes.close();
    await this.cloud.close();
    await this.database.close();
    return this.summary(Date.now() - startedAt);
  }

  /** False when something could not be seen: not a violation, a test may have killed it. */
  private async sample(final: boolean): Promise<boolean> {
    const sample = await this.look(final).catch((error: unknown) => {
      this.counts.gaps += 1;
      this.lastGap = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (!sample) return false;
    for (const violation of judge(this.memory, sample)) this.report(violation);
    if (this.memory.instance !== undefined && this.memory.instance !== sample.cloud.instance) this.counts.restarts += 1;
    this.memory = remember(this.memory, sample);
    this.count(sample);
    return true;
  }

  private async look(final: boolean): Promise<Sample> {
    const { cloud, requests } = await this.cloud.look();
    const kubernetes = this.kubernetes.look(cloud.clusters);
    const database = await this.database.look(clustersShown(cloud), this.unwritten(cloud));
    return { at: Date.now(), cloud, requests, kubernetes, database, final };
  }

  /** Names of things in the cloud whose line in the ledger was not seen yet. */
  private unwritten(cloud: CloudView): string[] {
    const { ledgered } = this.memory;
    const grants = grantNames(cloud);
    const named = [...cloud.stacks, ...cloud.users, ...cloud.application_credentials].filter(({ id }) => !ledgered.has(id)).map(({ name }) => name);
    return [...named, ...cloud.role_assignments.flatMap(({ id }) => (ledgered.has(id) ? [] : (grants.get(id) ?? [])))];
  }

  private report(violation: Violation): void {
    const key = `${violation.rule} ${violation.subject}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.counts.violations += 1;
    this.tell({ at: new Date().toISOString(), ...violation });
  }

  private count({ cloud, kubernetes, database }: Sample): void {
    this.counts.samples += 1;
    for (const { id } of database.clusters) this.seen.clusters.add(id);
    for (const { id } of cloud.servers) this.seen.servers.add(id);
    for (const { id } of cloud.stacks) this.seen.stacks.add(id);
    for (const { id } of kubernetes) this.seen.kubernetes.add(id);
  }

  private summary(elapsedMs: number): Summary {
    const { user, system } = process.cpuUsage();
    const { clusters, servers, stacks, kubernetes } = this.seen;
    return {
      ...this.counts,
      last_gap: this.lastGap,
      kubernetes_answers: this.kubernetes.answers,
      kubernetes_failures: this.kubernetes.failures,
      seconds: elapsedMs / 1000,
      cpu_seconds: (user + system) / 1e6,
      seen: { clusters: clusters.size, servers: servers.size, stacks: stacks.size, kubernetes: kubernetes.size },
    };
  }
}
