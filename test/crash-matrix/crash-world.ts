import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../../src/launch/child.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import type { RecordedRequest } from './edge.js';
import { MoveGates } from './move-gate.js';

/** Many operations are held for as long as the slowest of their batch needs: nothing of theirs may time out meanwhile. */
const patientSettings = {
  JEROBOAM_HTTP_TIMEOUT_SECONDS: '600',
  JEROBOAM_HTTP_RETRY_WINDOW_SECONDS: '600',
  JEROBOAM_CONDUCTOR_CONCURRENCY: '64',
  // A held move keeps the connection of its transaction, and those of all who want its row.
  JEROBOAM_DATABASE_POOL_SIZE: '40',
};

interface LoggedRequest extends RecordedRequest {
  readonly seq: number;
  readonly request_id: string | null;
}
export interface HeldFault {
  readonly id: string;
  readonly holding: number;
}
export interface OperationRow {
  readonly id: string;
  readonly state: string;
  readonly fence: number;
  readonly step: string | null;
  readonly failure: string | null;
  readonly waiting_for: string | null;
  readonly request_id: string | null;
}

/** A cloud, a database and an API of its own, with a conductor that comes and goes. */
export class CrashWorld {
  private conductor: Child | undefined;
  private readonly requests = new Map<string, RecordedRequest[]>();
  private lastRequest = 0;
  private livesBegun = 0;

  private constructor(
    readonly world: LifecycleEnvironment,
    readonly gates: MoveGates,
    readonly template: string,
  ) {}

  static async start(): Promise<CrashWorld> {
    const world = await startLifecycleEnvironment({ settings: patientSettings });
    const made = new CrashWorld(world, await MoveGates.open(world.environment.databaseUrl), await world.createTemplate('crash-matrix'));
    made.conductor = world.environment.servers['conductor'];
    await made.killConductor();
    return made;
  }

  /** All of one length, so that none is the beginning of another. */
  drawClusterName(): string {
    return `life${String(++this.livesBegun).padStart(4, '0')}`;
  }

  startConductor(): void {
    this.conductor = this.world.environment.startRole('conductor');
  }

  async killConductor(): Promise<void> {
    this.conductor?.process.kill('SIGKILL');
    await this.conductor?.ended;
    this.conductor = undefined;
  }

  async addFault(fault: Record<string, unknown>): Promise<string> {
    return ((await this.world.admin('POST', '/faults', fault)) as { id: string }).id;
  }

  async faults(): Promise<HeldFault[]> {
    return (await this.world.admin('GET', '/faults')) as HeldFault[];
  }

  async removeFault(id: string): Promise<void> {
    await this.world.admin('DELETE', `/faults/${id}`);
  }

  /** Everything that one operation has asked for until now, oldest first. */
  async requestsOf(requestId: string): Promise<readonly RecordedRequest[]> {
    const more = (await this.world.admin('GET', `/requests?since=${this.lastRequest}`)) as LoggedRequest[];
    for (const request of more) {
      // Somebody else may have asked meanwhile.
      if (request.seq <= this.lastRequest) continue;
      this.lastRequest = request.seq;
      const known = this.requests.get(request.request_id ?? '');
      if (known) known.push(request);
      else this.requests.set(request.request_id ?? '', [request]);
    }
    return this.requests.get(requestId) ?? [];
  }

  /** The newest operation of a cluster; its request id is what its calls carry. */
  async operationOf(clusterId: string, kind: string): Promise<OperationRow> {
    const [row] = await this.world.database.query<OperationRow[]>(
      `SELECT id, state, fence, step, failure, waiting_for, coalesce(request_id, 'req-' || id) AS request_id
       FROM operations WHERE cluster_id = $1 AND kind = $2 ORDER BY row_id DESC LIMIT 1`,
      [clusterId, kind],
    );
    if (!row) throw new Error(`cluster ${clusterId} has no ${kind}`);
    return row;
  }

  async operations(ids: readonly string[]): Promise<Map<string, OperationRow>> {
    const rows = await this.world.database.query<OperationRow[]>(
      `SELECT id, state, fence, step, failure, waiting_for, request_id FROM operations WHERE id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * To be called when every held request was let go or is lost: as if the HTTP timeout, so long here, had passed since then.
   * Otherwise a delete after a crashed create would wait for it.
   */
  async passHttpTimeout(): Promise<void> {
    await this.world.database.query(`UPDATE external_resources SET unanswered_at = unanswered_at - make_interval(secs => $1)`, [
      Number(patientSettings.JEROBOAM_HTTP_TIMEOUT_SECONDS),
    ]);
  }

  /** A copy of the logs that outlives the test. */
  keepLogs(): string {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-crash-matrix-'));
    cpSync(this.world.environment.logFolder, folder, { recursive: true });
    return folder;
  }

  async stop(): Promise<void> {
    await this.gates.close();
    await this.world.stop();
  }
}

const terminal = new Set(['succeeded', 'failed', 'cancelled', 'superseded']);
export const hasEnded = (row: OperationRow | undefined): boolean => row !== undefined && terminal.has(row.state);
