import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnvironment, type Environment } from '../../../src/launch/environment.js';
import { personEnvironment } from '../../../src/launch/openrc.js';
import { mustRunCoe } from '../../../src/launch/run-coe.js';
import { templateArguments } from '../../../src/launch/start.js';
import { apiClient } from '../../support/api-client.js';
import { cloudQuotas } from '../../support/cloud-quotas.js';
import { systemEnvironment } from '../../support/system-environment.js';
import { printFigure, type Figure } from '../figure.js';
import { createOverhead } from './create-overhead.js';
import { lookupsAndRecovery } from './lookups-and-recovery.js';
import { secondsSince } from './until.js';

/** The simulated cloud's speed in this bench: one boot, one Heat resource, any other call. */
const bootSeconds = 2;
const simulatorOptions = ['--boot-seconds', String(bootSeconds), '--heat-resource-ms', '200', '--call-ms', '20'];

/** As many clusters as the burst makes; everything else is as a fresh installation has it. */
const settings = { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '100' };

const template = 'bench';

/** How long it takes to be ready, to make clusters, to come back, and what the processes weigh. */
export async function mainJob(): Promise<void> {
  await withEnvironment(async (environment, readySeconds) => {
    print({ figure: 'ready_seconds', value: readySeconds, unit: 's', goal: 10, better: 'lower' });
    const api = await apiClient(environment, 'demo');
    const small = { name: 'small', masters: 1, workers: 2, bootsInARow: 1 };
    print({ figure: 'overhead_3_nodes_seconds', value: await createOverhead(api, template, small, bootSeconds), unit: 's', goal: 5, better: 'lower' });
    for (const [figure, role] of [
      ['api_rss_mb', 'magnum-api'],
      ['conductor_rss_mb', 'conductor'],
    ] as const) {
      print({ figure, value: residentMegabytes(environment.servers[role]?.process.pid), unit: 'MB', goal: 250, better: 'lower' });
    }
    // Workers boot while the control plane does, and its second and third node while the first is being joined.
    const large = { name: 'large', masters: 3, workers: 50, bootsInARow: 1 };
    print({ figure: 'overhead_53_nodes_seconds', value: await createOverhead(api, template, large, bootSeconds), unit: 's', goal: 15, better: 'lower' });
  });
  await withEnvironment(async (environment) => {
    const { lookupsSavedPercent, recoverySeconds } = await lookupsAndRecovery(environment, await apiClient(environment, 'demo'), template);
    print({ figure: 'lookups_saved_percent', value: lookupsSavedPercent, unit: '%', goal: 98, better: 'higher' });
    print({ figure: 'recovery_seconds', value: recoverySeconds, unit: 's', goal: leaseSeconds + 5, better: 'lower' });
  });
}

/** LEASE_SECONDS as it is when nobody sets it. */
const leaseSeconds = 15;

const print = (figure: Omit<Figure, 'bench'>): void => printFigure({ bench: 'main-job', ...figure });

/** Everything, a process a role, with a template and without a quota in the way. */
async function withEnvironment(measure: (environment: Environment, readySeconds: number) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-bench-'));
  const system = systemEnvironment();
  const say = (line: string): void => console.error(line);
  const started = performance.now();
  const environment = await startEnvironment({ dataFolder: folder, settings, system, simulatorOptions, processes: 'separate', say });
  try {
    const readySeconds = secondsSince(started);
    if (!environment.cloud) throw new Error('the bench needs the simulated cloud');
    await liftQuotas(environment.cloud);
    await mustRunCoe(templateArguments(template), { ...system, ...personEnvironment(environment.cloud, 'demo') });
    await measure(environment, readySeconds);
  } finally {
    await environment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function liftQuotas({ auth_url: authUrl, password }: { readonly auth_url: string; readonly password: string }): Promise<void> {
  const quotas = await cloudQuotas(authUrl, password);
  await quotas.setCompute({ instances: -1, cores: -1, ram: -1, server_groups: -1, server_group_members: -1 });
  await quotas.setNetwork({ network: -1, subnet: -1, router: -1, port: -1, floatingip: -1, security_group: -1, security_group_rule: -1 });
  await quotas.setVolume({ volumes: -1, gigabytes: -1 });
  await quotas.setBalancing({ load_balancer: -1, listener: -1, pool: -1, member: -1, health_monitor: -1 });
}

/** VmRSS of a process, from the kernel. */
function residentMegabytes(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`no VmRSS of process ${String(pid)}`);
  return Number(kilobytes) / 1024;
}
