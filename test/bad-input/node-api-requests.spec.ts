import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { startMs } from '../support/start-ms.js';
import { garbage, jsonObject, oddJson, type JsonText } from './hostile-json.js';
import { hostileHeader, hostileText, hostileUrlPart } from './hostile-text.js';
import { startNodeApiWorld, type NodeApiWorld } from './node-api-world.js';
import { requestsWanted, runOptions } from './run-options.js';
import type { WireRequest } from './send-request.js';

/** The listener that tenants' machines reach: no Keystone stands before it, so it has to take anything. */
let world: NodeApiWorld;
beforeAll(async () => {
  world = await startNodeApiWorld();
}, startMs);
afterAll(() => world.stop());

const runs = Math.ceil(requestsWanted / 10);
const timeoutMs = 120_000 + runs * 1_000;

const one = <Value>(values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
const inside = /\bat .+:\d+:\d+|node_modules|QueryFailed|invalid input|violates|TypeError|RangeError|Something went wrong/;

/** Statuses that a success has, and whether it may change anything. */
async function meets(request: WireRequest): Promise<number> {
  const { content, digest, send } = world;
  const answer = await send({ ...request, headers: [['Host', '127.0.0.1'], ...request.headers] });
  const after = await content.digest();
  if (after !== digest) await content.putBack();
  if (answer.status < 400) {
    expect([200, 204]).toContain(answer.status);
    return answer.status;
  }
  expect(answer.status).toBeLessThan(500);
  // A second key on a claimed node is an incident: it fails the node on purpose (409). Everything else that is refused changes nothing.
  if (answer.status !== 409) expect(after).toBe(digest);
  if (request.method !== 'HEAD') {
    expect(JSON.parse(answer.text)).toEqual({ error: { code: expect.stringMatching(/^[a-z-]+$/), message: expect.stringMatching(/\S/) } });
    expect(answer.text).not.toMatch(inside);
  }
  return answer.status;
}

/** What a member of a right body is replaced with; none: the body is right. */
const change = (names: readonly string[]): fc.Arbitrary<readonly [string, JsonText] | undefined> =>
  fc.option(fc.tuple(fc.oneof({ weight: 5, arbitrary: one(names) }, { weight: 1, arbitrary: hostileText }), fc.oneof(oddJson, hostileText.map((text) => JSON.stringify(text)))), { nil: undefined, freq: 8 });
const changed = (right: Readonly<Record<string, string>>, wrong: readonly [string, JsonText] | undefined): JsonText =>
  jsonObject([...Object.entries(right).map(([name, value]) => [name, JSON.stringify(value)] as const).filter(([name]) => name !== wrong?.[0]), ...(wrong ? [wrong] : [])]);

describe('node-api', () => {
  it(
    'claims',
    async () => {
      const request = fc.tuple(one(['unclaimed', 'claimed', 'crossed'] as const), change(['node_id', 'token', 'public_key', 'signature']), fc.option(garbage, { nil: undefined, freq: 1 }));
      await fc.assert(
        fc.asyncProperty(request, async ([who, wrong, broken]) => {
          const machine = who === 'claimed' ? world.claimed : world.unclaimed;
          const { nodeId, token } = who === 'crossed' ? world.claimed : machine;
          const body = changed({ node_id: nodeId, token, public_key: machine.publicKey, signature: machine.sign(`jeroboam-claim\n${nodeId}\n${token}`) }, wrong);
          const isWhole = wrong === undefined && broken === undefined;
          const status = await meets({ method: 'POST', target: '/v1/bootstrap/claim', headers: [['Content-Type', 'application/json']], body: broken ?? body });
          if (isWhole) expect(status).toBe(who === 'crossed' ? 409 : 200);
        }),
        runOptions(runs),
      );
    },
    timeoutMs,
  );

  it(
    'signed calls',
    async () => {
      const headerNames = ['x-jeroboam-node', 'x-jeroboam-timestamp', 'x-jeroboam-signature'];
      const request = fc.record({
        isPayload: fc.boolean(),
        wrong: change(['phase', 'status', 'message']),
        broken: fc.option(garbage, { nil: undefined, freq: 1 }),
        header: fc.option(fc.tuple(one(headerNames), fc.oneof(hostileHeader, one(['0', '-1', '99999999999999', 'NaN', '00000000-0000-0000-0000-000000000000']))), { nil: undefined, freq: 2 }),
        query: fc.option(hostileUrlPart, { nil: undefined, freq: 1 }),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ isPayload, wrong, broken, header, query }) => {
          const [method, path] = isPayload ? ['GET', '/v1/bootstrap/payload'] : ['POST', '/v1/bootstrap/progress'];
          const body = isPayload ? '' : (broken ?? changed({ phase: 'kubeadm', status: 'running', message: 'x' }, wrong));
          const timestamp = Math.floor(Date.now() / 1000);
          const signature = world.claimed.sign(`${method}\n${path}\n${timestamp}\n${createHash('sha256').update(body).digest('hex')}`);
          const right = [['x-jeroboam-node', world.claimed.nodeId], ['x-jeroboam-timestamp', String(timestamp)], ['x-jeroboam-signature', signature]] as const;
          const headers = [...right.filter(([name]) => name !== header?.[0]), ...(header ? [header] : []), ['Content-Type', 'application/json'] as const];
          const status = await meets({ method, target: path + (query === undefined ? '' : `?${query}`), headers, body: body === '' ? undefined : body });
          if (!header && (isPayload || (wrong === undefined && broken === undefined))) expect(status).toBe(isPayload ? 200 : 204);
        }),
        runOptions(runs),
      );
    },
    timeoutMs,
  );

  it(
    'anything else',
    async () => {
      const target = fc.array(fc.oneof(one(['v1', 'bootstrap', 'claim', 'payload', 'progress', 'clusters', '..', '']), hostileUrlPart), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
      const request = fc.record({ method: one(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']), target, headers: fc.array(fc.tuple(one(['Content-Type', 'Accept', 'X-Jeroboam-Node', 'X-Forwarded-For', 'Range']), hostileHeader), { maxLength: 2 }), body: fc.option(fc.oneof(oddJson, garbage), { nil: undefined }) });
      await fc.assert(fc.asyncProperty(request, async (given) => expect(await meets(given)).toBeGreaterThanOrEqual(400)), runOptions(runs));
    },
    timeoutMs,
  );

  it('a URL that cannot be decoded is refused in the form of every other error', () => meets({ method: 'GET', target: '/v1/bootstrap/%zz', headers: [], body: undefined }));

  it('a body that is too large is refused', async () => {
    expect(await meets({ method: 'POST', target: '/v1/bootstrap/claim', headers: [['Content-Type', 'application/json']], body: 'x'.repeat(70_000) })).toBe(413);
  });
});
