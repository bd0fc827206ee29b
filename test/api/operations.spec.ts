import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { until } from '../support/until.js';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { EventStream } from './event-stream.js';
import { makeCluster, makeTemplate } from './objects.js';
import { startMs } from '../support/start-ms.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await makeTemplate(api);
}, startMs);
afterAll(() => api.stop());

const query = (sql: string, parameters: unknown[]): Promise<unknown> => api.database.dataSource.query(sql, parameters);

async function createdCluster(name: string): Promise<{ uuid: string; operation: string }> {
  const uuid = await makeCluster(api, { name, cluster_template_id: 'gold', create_timeout: 30 });
  const listed = await api.call('GET', `/v1/clusters/${uuid}/operations`);
  return { uuid, operation: String(listed.at('operations.0.uuid')) };
}

const addEvent = (uuid: string, operation: string, type: string, message: string, step: string | null = null) =>
  query(`INSERT INTO operation_events (cluster_id, operation_id, type, step, message) VALUES ($1, $2, $3, $4, $5)`, [uuid, operation, type, step, message]);

describe('operations', () => {
  it('say where they are, why they wait and what to do', async () => {
    const { uuid, operation } = await createdCluster('waiting');
    expect(await api.call('GET', `/v1/operations/${operation}`)).toMatchObject({
      status: 200,
      body: { uuid: operation, cluster_uuid: uuid, kind: 'cluster-create', state: 'queued', attempt: 1, steps: [], events: [{ type: 'operation', message: 'cluster-create was requested' }] },
    });
    await query(`UPDATE operations SET state = 'waiting', step = 'create-infra', waiting_for = 'stack infra' WHERE id = $1`, [operation]);
    await addEvent(uuid, operation, 'step', 'cluster-create: create-certificates', 'create-certificates');
    await addEvent(uuid, operation, 'step', 'cluster-create: create-infra', 'create-infra');
    expect(await api.call('GET', `/v1/operations/${operation}`)).toMatchObject({
      body: {
        state: 'waiting',
        step: 'create-infra',
        waiting_for: 'stack infra',
        advice: expect.stringContaining('stack infra'),
        steps: [{ name: 'create-certificates', state: 'done' }, { name: 'create-infra', state: 'current' }],
      },
    });
    expect(await api.call('GET', `/v1/operations/${operation}`, { as: 'other' })).toMatchObject({ status: 404 });
    expect(await api.call('GET', `/v1/operations/${operation}`, { as: 'admin' })).toMatchObject({ status: 200 });
    expect(await api.call('GET', `/v1/operations/${randomUUID()}`)).toMatchObject({ status: 404 });
    expect(await api.call('GET', '/v1/operations/blue')).toMatchObject({ status: 404 });
    expect((await api.call('GET', `/v1/operations/${operation}`)).body).not.toHaveProperty('lease_owner');
  });

  it('are retried when they failed', async () => {
    const { uuid, operation } = await createdCluster('broken');
    const retry = (as = 'demo') => api.call('POST', `/v1/operations/${operation}/actions/retry`, { as });
    expect(await retry()).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('queued') }] } });
    await query(`UPDATE operations SET state = 'failed', failure = 'no quota', step = 'create-infra', finished_at = now(), deadline_at = now() WHERE id = $1`, [operation]);
    await query(`UPDATE clusters SET status = 'CREATE_FAILED', status_reason = 'no quota' WHERE id = $1`, [uuid]);
    await query(`DELETE FROM outbox WHERE operation_id = $1`, [operation]);
    expect(await api.call('GET', `/v1/operations/${operation}`)).toMatchObject({ body: { failure: 'no quota', advice: expect.stringContaining('retry') } });
    const before = await api.dump();
    expect(await retry('demo_reader/demo')).toMatchObject({ status: 403 });
    expect(await retry('other')).toMatchObject({ status: 404 });
    expect(await api.dump()).toEqual(before);

    const retried = await retry();
    expect(retried).toMatchObject({ status: 202, body: { state: 'queued', attempt: 2, failure: null, step: null, finished_at: null } });
    expect(Date.parse(String(retried.at('deadline_at'))) - Date.now()).toBeGreaterThan(29 * 60_000);
    expect(await api.call('GET', `/v1/clusters/${uuid}`)).toMatchObject({ body: { status: 'CREATE_IN_PROGRESS', status_reason: null } });
    expect(await query(`SELECT operation_id FROM outbox WHERE operation_id = $1`, [operation])).toHaveLength(1);
    expect(api.woken.at(-1)).toBe(operation);
    expect(await retry()).toMatchObject({ status: 409 });
  });

  it('are not retried when another came after them', async () => {
    const { uuid, operation } = await createdCluster('overtaken');
    await query(`UPDATE operations SET state = 'failed', failure = 'x' WHERE id = $1`, [operation]);
    await api.call('DELETE', `/v1/clusters/${uuid}`);
    expect(await api.call('POST', `/v1/operations/${operation}/actions/retry`)).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining('cluster-delete') }] } });
    expect((await api.call('GET', `/v1/clusters/${uuid}/operations?sort_dir=desc`)).body).toMatchObject({ operations: [{ kind: 'cluster-delete' }, { kind: 'cluster-create' }] });
    await query(`UPDATE clusters SET deleted_at = now() WHERE id = $1`, [uuid]);
    expect(await api.call('POST', `/v1/operations/${operation}/actions/retry`)).toMatchObject({ status: 409 });
    expect(await api.call('GET', `/v1/operations/${operation}`)).toMatchObject({ status: 200 });
    expect(await api.call('GET', `/v1/clusters/${uuid}/operations`)).toMatchObject({ status: 404 });
  });
});

describe('events', () => {
  it('are streamed from the beginning, as they come, until the cluster is gone', async () => {
    const { uuid, operation } = await createdCluster('watched');
    const stream = await EventStream.open(`${api.url}/v1/clusters/watched/events`, await api.token('demo'));
    expect(stream.contentType).toMatch(/^text\/event-stream/);
    await until(() => stream.events.length === 1, { what: 'the first event' });
    await addEvent(uuid, operation, 'step', 'cluster-create: create-infra', 'create-infra');
    await until(() => stream.events.length === 2, { what: 'the second event' });
    expect(stream.events[1]).toMatchObject({ event: 'step', data: { cluster_uuid: uuid, operation_uuid: operation, step: 'create-infra', message: 'cluster-create: create-infra' } });
    await addEvent(uuid, operation, 'operation', 'cluster-delete succeeded');
    await query(`UPDATE clusters SET deleted_at = now() WHERE id = $1`, [uuid]);
    await stream.ended;
    expect(stream.events.map(({ event }) => event)).toEqual(['operation', 'step', 'operation', 'end']);
  });

  it('go on after the last one that was seen', async () => {
    const { uuid, operation } = await createdCluster('resumed');
    for (const message of ['one', 'two', 'three']) await addEvent(uuid, operation, 'wait', message);
    const token = await api.token('demo');
    const whole = await EventStream.open(`${api.url}/v1/clusters/resumed/events`, token);
    await until(() => whole.events.length === 4, { what: 'four events' });
    whole.close();
    const seen = whole.events[1]?.id ?? '';
    const rest = await EventStream.open(`${api.url}/v1/clusters/resumed/events`, token, { 'last-event-id': seen });
    await until(() => rest.events.length === 2, { what: 'the other two' });
    expect(rest.events.map(({ data }) => data['message'])).toEqual(['two', 'three']);
    rest.close();
  });

  it('are for those who see the cluster', async () => {
    await createdCluster('unseen');
    expect(await api.call('GET', '/v1/clusters/unseen/events', { as: 'other' })).toMatchObject({ status: 404 });
    expect(await api.call('GET', '/v1/clusters/unseen/events', { as: null })).toMatchObject({ status: 401 });
  });

  it('end when the service stops', async () => {
    const own = await startApi();
    await makeTemplate(own);
    await makeCluster(own, { name: 'open', cluster_template_id: 'gold' });
    const stream = await EventStream.open(`${own.url}/v1/clusters/open/events`, await own.token('demo'));
    await until(() => stream.events.length === 1, { what: 'the first event' });
    await own.stop();
    await stream.ended;
    expect(stream.events.map(({ event }) => event)).toEqual(['operation']);
  }, startMs);
});
