import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { METHODS } from 'node:http';
import { startMs } from '../support/start-ms.js';
import { answerProblems } from './answer-problems.js';
import { hostileRequest, strayRequest, type HostileRequest } from './hostile-request.js';
import { apiDocument, apiOperations, type ApiOperation } from './openapi.js';
import { requestsWanted, runOptions } from './run-options.js';
import { startWorld, type World } from './world.js';

/**
 * Every operation of the OpenAPI document under requests that a generator makes up: an answer in time, never a 5xx, an
 * error that says what is wrong, and after a 4xx (or any GET) a database that is exactly what it was before.
 */
let world: World;
let before: string;
let requestsSent = 0;
beforeAll(async () => {
  world = await startWorld();
  before = await world.content.digest();
}, startMs);
afterAll(() => world.stop());

/** Calls with a body can go wrong in more ways. */
const shareOf = ({ body }: ApiOperation): number => (body === undefined ? 1 : 5);
const strayShare = 4;
const sharesAll = apiOperations.reduce((sum, operation) => sum + shareOf(operation), strayShare);
const runsOf = (share: number): number => Math.ceil((requestsWanted * share) / sharesAll);
/** Generous: a loaded machine, and a failure that is being shrunk. */
const timeoutMs = (runs: number): number => 120_000 + runs * 1_000;

async function meets({ as, headers, ...request }: HostileRequest, operation: ApiOperation | undefined): Promise<void> {
  const { api, content } = world;
  const typed = request.body === undefined || headers.some(([name]) => name.toLowerCase() === 'content-type') ? [] : [['Content-Type', 'application/json'] as const];
  const token = as === null || headers.some(([name]) => name === 'X-Auth-Token') ? [] : [['X-Auth-Token', await api.token(as)] as const];
  const wokenBefore = api.woken.length;
  const answer = await world.send({ ...request, headers: [['Host', new URL(api.url).host], ...token, ...typed, ...headers] });
  requestsSent += 1;
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  const after = await content.digest();
  if (after !== before) await content.putBack();
  expect(answerProblems(answer, request.method, operation)).toEqual([]);
  if (answer.status >= 400 || isRead) {
    expect(after).toBe(before);
    expect(api.woken.length).toBe(wokenBefore);
  }
}

describe('every operation of the OpenAPI document', () => {
  it('is known to the generator', () => {
    const documented = Object.entries(apiDocument.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(apiOperations.map(({ method, path }) => `${method} ${path}`)).toEqual(documented);
    expect(new Set(apiOperations.map(({ id }) => id)).size).toBe(documented.length);
    expect(METHODS).toEqual(expect.arrayContaining(apiOperations.map(({ method }) => method)));
  });

  it('is compared by a digest that sees any change, and put back', async () => {
    await world.api.database.dataSource.query(`UPDATE clusters SET status_reason = 'changed' WHERE name = 'complete'`);
    expect(await world.content.digest()).not.toBe(before);
    await world.content.putBack();
    expect(await world.content.digest()).toBe(before);
  });

  it.each(apiOperations.map((operation) => [operation.id, operation] as const))(
    '%s',
    (_id, operation) => fc.assert(fc.asyncProperty(hostileRequest(operation, world.known), (request) => meets(request, operation)), runOptions(runsOf(shareOf(operation)))),
    timeoutMs(runsOf(5)),
  );

  it(
    'and everything beside them',
    () => fc.assert(fc.asyncProperty(strayRequest(world.known), (request) => meets(request, undefined)), runOptions(runsOf(strayShare))),
    timeoutMs(runsOf(strayShare)),
  );

  it('left the cloud alone: no request of a client makes the API change anything there', async () => {
    const changes = (await world.api.cloud.requests()).filter(({ method, path }) => !['GET', 'HEAD'].includes(method) && !path.endsWith('/auth/tokens'));
    expect(changes).toEqual([]);
    if (process.env['BAD_INPUT_PATH'] === undefined) expect(requestsSent).toBeGreaterThanOrEqual(Math.min(requestsWanted, 1));
  });
});
