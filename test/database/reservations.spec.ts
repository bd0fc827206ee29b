import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { insertRow } from '../../src/database/insert-row.js';
import { requestOperation } from '../../src/database/operation-requests.js';
import { heldDemand, releaseStanding, reserveQuota } from '../../src/database/reservations.js';
import type { QuotaUnit } from '../../src/driver-contract/quota-units.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';

describe('reservations', () => {
  let database: TestDatabase;
  let projectId: string;
  let operationId: string;
  const groupId = randomUUID();
  const units: QuotaUnit[] = [0, 1, 2].map((ordinal) => ({ level: 'node', groupId, ordinal, demand: { instances: 1, cores: 2 } }));
  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database.stop());

  const now = async (): Promise<string> => {
    const [row]: { now: string }[] = await database.dataSource.query(`SELECT clock_timestamp()::text AS now`);
    return row?.now ?? '';
  };
  const held = async (since?: string) => heldDemand(database.dataSource.manager, projectId, since ?? (await now()));
  const stand = (count: number) => releaseStanding(database.dataSource.manager, operationId, count === 0 ? [] : [{ level: 'node', groupId, count }]);
  const end = (state: string) => database.dataSource.query(`UPDATE operations SET state = $2, finished_at = clock_timestamp() WHERE id = $1`, [operationId, state]);

  beforeEach(async () => {
    projectId = randomUUID();
    const clusterId = randomUUID();
    const { manager } = database.dataSource;
    const columns = { user_id: 'u', name: 'c', cluster_template_id: randomUUID(), floating_ip_enabled: true, master_lb_enabled: false, status: 'CREATE_IN_PROGRESS', spec: {} };
    await insertRow(manager, 'clusters', { id: clusterId, project_id: projectId, ...columns });
    ({ id: operationId } = await requestOperation(manager, { clusterId, projectId, kind: 'cluster-create', timeoutMinutes: 60, requestedBy: 'u', requestId: 'req-1' }));
    const look = { startedAt: await now(), limits: { instances: { limit: 3, used: 0 } } };
    await manager.transaction((inside) => reserveQuota(inside, look, { projectId, clusterId, operationId, units, keptMinutes: 60 }));
  });

  it('are let go of as stacks stand, and held again as they go', async () => {
    expect(await held()).toEqual({ instances: 3, cores: 6 });
    await stand(2);
    await stand(2);
    expect(await held()).toEqual({ instances: 1, cores: 2 });
    await stand(0);
    expect(await held()).toEqual({ instances: 3, cores: 6 });
    await stand(3);
    expect(await held()).toEqual({});
  });

  it('still count for whoever began to read the cloud before they were let go', async () => {
    const begun = await now();
    await stand(3);
    expect(await held(begun)).toEqual({ instances: 3, cores: 6 });
    expect(await held()).toEqual({});
  });

  it.each(['succeeded', 'failed', 'superseded', 'cancelled'])('end with an operation that is %s, for those who look after that', async (state) => {
    const begun = await now();
    await end(state);
    expect(await held(begun)).toEqual({ instances: 3, cores: 6 });
    expect(await held()).toEqual({});
  });

  it('come back, as far as nothing stands, when a failed operation is retried', async () => {
    await stand(1);
    await end('failed');
    await database.dataSource.query(`UPDATE operations SET state = 'queued', finished_at = NULL WHERE id = $1`, [operationId]);
    expect(await held()).toEqual({ instances: 2, cores: 4 });
  });
});
