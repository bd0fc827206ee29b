import type { Journal } from '../../src/sim/journal.js';
import type { NetworkRequest } from './network.js';
import type { PgliteSession } from './pglite-session.js';

interface OperationRow {
  readonly id: string;
  readonly cluster_id: string;
  readonly state: string;
  readonly fence: number;
  readonly waiting_for: string | null;
  readonly has_deadline: boolean;
}

/** What holds at every moment, whatever goes wrong. Looked at after every commit and around every request to the cloud. */
export class Invariants {
  private readonly fences = new Map<string, number>();
  private ledger = new Map<string, string>();

  constructor(
    private readonly session: PgliteSession,
    private readonly fail: (because: string) => void,
  ) {}

  /** `touched`: the beginnings of the statements that were committed. */
  async afterCommit(touched: string): Promise<void> {
    if (touched.includes('external_resources')) await this.readLedger();
    if (!touched.includes('operations')) return;
    const { rows: operations } = await this.session.run(
      `SELECT id, cluster_id, state, fence::int AS fence, waiting_for, due_at IS NOT NULL AND step_entered_at IS NOT NULL AS has_deadline FROM operations`,
    );
    this.checkOperations(operations as unknown as OperationRow[]);
  }

  private async readLedger(): Promise<void> {
    const { rows: ledger } = await this.session.run(`SELECT name, state FROM external_resources`);
    this.ledger = new Map(ledger.map((row) => [String(row['name']), String(row['state'])]));
  }

  /** A stack or a user is asked for only after its line in the ledger was committed. */
  beforeRequest({ method, origin, path, body, headers }: NetworkRequest): void {
    if (method !== 'POST' || headers['x-sim-internal'] !== undefined) return;
    const name = origin.includes('heat') && path.endsWith('/stacks') ? textIn(body, 'stack_name') : origin.includes('keystone') && path.endsWith('/users') ? userName(body) : undefined;
    if (name === undefined) return;
    const state = this.ledger.get(name);
    if (state === undefined) this.fail(`${name} was asked for, and the ledger has no line for it`);
    if (state === 'gone') this.fail(`${name} was asked for, and the ledger says that it is gone`);
  }

  afterRequest({ method, origin, path }: NetworkRequest, journal: Journal): void {
    if (method !== 'POST' || !origin.includes('nova') || !path.includes('/servers')) return;
    const names = journal.collection<{ id: string; name: string }>('nova.servers').values().map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.fail(`two servers are called ${twice}`);
  }

  private checkOperations(rows: readonly OperationRow[]): void {
    const active = new Map<string, string>();
    for (const { id, cluster_id: cluster, state, fence, waiting_for: reason, has_deadline: hasDeadline } of rows) {
      if (fence < (this.fences.get(id) ?? 0)) this.fail(`the fence of operation ${id} went back to ${fence}`);
      this.fences.set(id, fence);
      if (state === 'waiting' && (reason ?? '') === '') this.fail(`operation ${id} waits without a reason`);
      if (state === 'waiting' && !hasDeadline) this.fail(`operation ${id} waits without a deadline`);
      if (state !== 'running' && state !== 'waiting') continue;
      if (active.has(cluster)) this.fail(`cluster ${cluster} has two active operations`);
      active.set(cluster, id);
    }
  }
}

function textIn(body: string, key: string): string | undefined {
  const value = (JSON.parse(body) as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : undefined;
}

const userName = (body: string): string | undefined => (JSON.parse(body) as { user?: { name?: string } }).user?.name;
