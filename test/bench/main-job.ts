import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnvironment, type Environment } from '../../src/launch/environment.js';
import { personEnvironment } from '../../src/launch/openrc.js';
import { mustRunCoe } from '../../src/launch/run-coe.js';
import { templateArguments } from '../../src/launch/start.js';
import { apiClient, type ApiClient } from '../support/api-client.js';
import { systemEnvironment } from '../support/system-environment.js';
import { printFigure } from './figure.js';

/** The simulated cloud's speed in this bench: one boot, one Heat resource, any other call. */
const bootSeconds = 2;
const simulatorOptions = ['--boot-seconds', String(bootSeconds), '--heat-resource-ms', '200', '--call-ms', '20'];

/** How long it takes to be ready, to make a small cluster, and what the processes weigh afterwards. */
export async function mainJob(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const system = systemEnvironment();
  const say = (line: string): void => console.error(line);
  const started = performance.now();
  const environment = await startEnvironment({ dataFolder: folder, settings: {}, system, simulatorOptions, processes: 'separate', say });
  try {
    printFigure({ bench: 'main-job', figure: 'ready_seconds', value: secondsSince(started), unit: 's', goal: 10, better: 'lower' });
    const overhead = await createSmallCluster(environment, system);
    printFigure({ bench: 'main-job', figure: 'overhead_3_nodes_seconds', value: overhead, unit: 's', goal: 5, better: 'lower' });
    for (const [figure, role] of [
      ['api_rss_mb', 'magnum-api'],
      ['conductor_rss_mb', 'conductor'],
    ] as const) {
      printFigure({ bench: 'main-job', figure, value: residentMegabytes(environment.servers[role]?.process.pid), unit: 'MB', goal: 250, better: 'lower' });
    }
  } finally {
    await environment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds from the 202 to CREATE_COMPLETE of a 1+2 cluster, less one boot. */
async function createSmallCluster(environment: Environment, system: Record<string, string>): Promise<number> {
  if (!environment.cloud) throw new Error('the bench needs the simulated cloud');
  await mustRunCoe(templateArguments('bench'), { ...system, ...personEnvironment(environment.cloud, 'demo') });
  const api = await apiClient(environment, 'demo');
  const { uuid } = await api.post<{ uuid: string }>('/v1/clusters', { name: 'bench', cluster_template_id: 'bench', node_count: 2 });
  const accepted = performance.now();
  await untilComplete(api, uuid);
  return secondsSince(accepted) - bootSeconds;
}

async function untilComplete(api: ApiClient, uuid: string): Promise<void> {
  const giveUpAt = Date.now() + 300_000;
  for (;;) {
    const cluster = await api.get<{ status: string; status_reason: string | null }>(`/v1/clusters/${uuid}`);
    if (cluster.status === 'CREATE_COMPLETE') return;
    if (cluster.status === 'CREATE_FAILED' || Date.now() > giveUpAt) throw new Error(`${cluster.status}: ${cluster.status_reason ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;

/** VmRSS of a process, from the kernel. */
function residentMegabytes(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`no VmRSS of process ${String(pid)}`);
  return Number(kilobytes) / 1024;
}
