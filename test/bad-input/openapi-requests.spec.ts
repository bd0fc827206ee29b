import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { METHODS } from 'node:http';
import { startMs } from '../support/start-ms.js';
import { hostileRequest, strayRequest } from './hostile-request.js';
import { changesInCloud, meetRequest } from './meet-request.js';
import { apiDocument, apiOperations, type ApiOperation } from './openapi.js';
import { requestsWanted, runOptions } from './run-options.js';
import { startWorld, type World } from './world.js';

/**
 * Every operation of the OpenAPI document under requests that a generator makes up: an answer in time, never a 5xx, an
 * error that says what is wrong, and after a 4xx (or any GET) a database that is exactly what it was before.
 */
let world: World;
beforeAll(async () => {
  world = await startWorld();
}, startMs);
afterAll(() => world.stop());

/** Calls with a body can go wrong in more ways. */
const shareOf = ({ body }: ApiOperation): number => (body === undefined ? 1 : 8);
const strayShare = 4;
const sharesAll = apiOperations.reduce((sum, operation) => sum + shareOf(operation), strayShare);
const runsOf = (share: number): number => Math.ceil((requestsWanted * share) / sharesAll);
/** Generous: a loaded machine, and a failure that is being shrunk. */
const timeoutMs = (runs: number): number => 120_000 + runs * 1_000;

describe('every operation of the OpenAPI document', () => {
  it('is known to the generator', () => {
    const documented = Object.entries(apiDocument.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(apiOperations.map(({ method, path }) => `${method} ${path}`)).toEqual(documented);
    expect(new Set(apiOperations.map(({ id }) => id)).size).toBe(documented.length);
    expect(METHODS).toEqual(expect.arrayContaining(apiOperations.map(({ method }) => method)));
  });

  it('is compared by a digest that sees any change, and put back', async () => {
    await world.api.database.dataSource.query(`UPDATE clusters SET status_reason = 'changed' WHERE name = 'complete'`);
    expect(await world.content.digest()).not.toBe(world.digest);
    await world.content.putBack();
    expect(await world.content.digest()).toBe(world.digest);
  });

  it.each(apiOperations.map((operation) => [operation.id, operation] as const))(
    '%s',
    (_id, operation) => fc.assert(fc.asyncProperty(hostileRequest(operation, world.known), (request) => meetRequest(world, request, operation)), runOptions(runsOf(shareOf(operation)))),
    timeoutMs(runsOf(8)),
  );

  it(
    'and everything beside them',
    () => fc.assert(fc.asyncProperty(strayRequest(world.known), (request) => meetRequest(world, request, undefined)), runOptions(runsOf(strayShare))),
    timeoutMs(runsOf(strayShare)),
  );

  it('left the cloud alone', async () => {
    expect(await changesInCloud(world)).toEqual([]);
  });
});
