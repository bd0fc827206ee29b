import pg from 'pg';
import type { Environment } from '../../../src/launch/environment.js';
import type { ApiClient } from '../../support/api-client.js';
import { secondsSince, until } from './until.js';

const burst = 50;

/** What a create names and the cloud has to be asked about: images, flavors, networks, keypairs, zones, volume types. */
const lookUps = /\/v2\/images|\/flavors|\/v2\.0\/networks|\/v2\.0\/subnets|\/os-keypairs|\/os-availability-zone|\/types(\/|\?|$)/;

interface SeenRequest {
  readonly seq: number;
  readonly method: string;
  readonly path: string;
}

/**
 * 50 creates at once with a cold cache and no conductor: the share of look-ups that were saved. Then a conductor takes
 * them up, is killed with all of them in flight, and another one is started: the seconds until each has moved again.
 */
export async function lookupsAndRecovery(environment: Environment, api: ApiClient, template: string): Promise<{ lookupsSavedPercent: number; recoverySeconds: number }> {
  const { conductor, 'magnum-api': magnumApi } = environment.servers;
  if (!conductor || !magnumApi) throw new Error('the bench needs a process a role');
  await conductor.stop();
  await magnumApi.stop();
  environment.startRole('magnum-api');
  await until(() => fetch(`${environment.apiUrl}/healthcheck`).then(({ ok }) => ok, () => false), 30, 'magnum-api to answer');

  const before = (await requests(environment, 0)).at(-1)?.seq ?? 0;
  const clusters = await Promise.all(
    Array.from({ length: burst }, (_, index) => api.post<{ uuid: string }>('/v1/clusters', { name: `burst-${index}`, cluster_template_id: template, node_count: 1 })),
  );
  const asked = (await requests(environment, before)).filter(({ method, path }) => method === 'GET' && lookUps.test(path));
  const distinct = new Set(asked.map(({ path }) => path)).size;
  if (distinct === 0) throw new Error('no look-up was seen: the figure would mean nothing');
  const lookupsSavedPercent = 100 * (1 - asked.length / (distinct * burst));

  const recoverySeconds = await recovery(environment, clusters.map(({ uuid }) => uuid));
  return { lookupsSavedPercent, recoverySeconds };
}

async function recovery(environment: Environment, clusterIds: readonly string[]): Promise<number> {
  const database = new pg.Client({ connectionString: environment.databaseUrl });
  await database.connect();
  try {
    const fences = async (): Promise<Map<string, number>> => {
      const { rows } = await database.query<{ id: string; fence: number }>(
        `SELECT id, fence FROM operations WHERE cluster_id = ANY($1) AND state IN ('running', 'waiting')`,
        [clusterIds],
      );
      return new Map(rows.map(({ id, fence }) => [id, fence]));
    };
    const doomed = environment.startRole('conductor');
    await until(async () => (await fences()).size === clusterIds.length, 120, 'every create to be in flight');
    doomed.process.kill('SIGKILL');
    const killed = performance.now();
    await doomed.ended;
    const atDeath = await fences();
    environment.startRole('conductor');
    const unmoved = async (): Promise<number> => {
      const now = await fences();
      // What has ended meanwhile has moved as well.
      return [...atDeath].filter(([id, fence]) => now.get(id) === fence).length;
    };
    await until(async () => (await unmoved()) === 0, 120, 'every create to move again');
    return secondsSince(killed);
  } finally {
    await database.end();
  }
}

async function requests({ cloud }: Environment, since: number): Promise<SeenRequest[]> {
  const answer = await fetch(`${cloud?.admin_url ?? ''}/requests?since=${since}`);
  return (await answer.json()) as SeenRequest[];
}
