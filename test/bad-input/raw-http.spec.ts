import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { startMs } from '../support/start-ms.js';
import { answerProblems } from './answer-problems.js';
import { answerDeadlineMs } from './send-request.js';
import { startWorld, type World } from './world.js';

/** What no HTTP client sends: bytes on a socket. */
let world: World;
let token: string;
beforeAll(async () => {
  world = await startWorld();
  token = await world.api.token('demo');
}, startMs);
afterAll(() => world.stop());

/** Writes and reads until the service closes; when `leave` is set, we hang up as soon as everything is written. */
function exchange(pieces: readonly string[], { leave = false } = {}): Promise<string> {
  const { hostname, port } = new URL(world.api.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setTimeout(answerDeadlineMs, () => socket.destroy(new Error('the service neither answered nor closed')));
    socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
    // A reset is the end as well: what was read counts.
    socket.on('error', (error: Error & { code?: string }) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(text) : reject(error)));
    socket.on('close', () => resolve(text));
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece, 'latin1');
      if (leave) socket.destroy();
    });
  });
}

const head = (first: string, ...headers: string[]): string => [first, 'Host: x', `X-Auth-Token: ${token}`, 'OpenStack-API-Version: container-infra latest', ...headers, '', ''].join('\r\n');
const json = 'Content-Type: application/json';
const small = '{"coe":"kubernetes","image_id":"ubuntu-2404-kube-v1.32.4"}';

/** First answer of an exchange, as far as the checks of answers need it. */
function firstAnswer(text: string): { status: number; headers: { 'content-type': string }; text: string } {
  const [top = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(top)?.[1]), headers: { 'content-type': /content-type: (.*)/i.exec(top)?.[1] ?? '' }, text: body };
}

describe('bytes that are no proper request', () => {
  it.each<[what: string, pieces: () => string[]]>([
    ['lengths that contradict each other', () => [head('POST /v1/clustertemplates HTTP/1.1', json, 'Content-Length: 5', 'Content-Length: 6'), small]],
    ['a length and chunks', () => [head('POST /v1/clustertemplates HTTP/1.1', json, 'Content-Length: 5', 'Transfer-Encoding: chunked'), '0\r\n\r\n']],
    ['a length that is no number', () => [head('POST /v1/clustertemplates HTTP/1.1', json, 'Content-Length: -1'), small]],
    ['chunks that are none', () => [head('POST /v1/clustertemplates HTTP/1.1', json, 'Transfer-Encoding: chunked'), 'zz\r\nabc\r\n0\r\n\r\n']],
    ['an encoding nobody knows', () => [head('POST /v1/clustertemplates HTTP/1.1', json, 'Transfer-Encoding: gzip'), small]],
    ['headers without end', () => [head('GET /v1/clusters HTTP/1.1', `X-Long: ${'x'.repeat(100_000)}`)]],
    ['two thousand headers', () => [head('GET /v1/clusters HTTP/1.1', ...Array.from({ length: 2_000 }, (_, index) => `X-${index}: ${'y'.repeat(10)}`))]],
    ['a line break in a header', () => [head('GET /v1/clusters HTTP/1.1', 'X-A: b\rc: d')]],
    ['NUL in a header', () => [head('GET /v1/clusters HTTP/1.1', 'X-A: b\0c')]],
    ['another protocol', () => ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n']],
    ['a method that is none', () => [head('G@T /v1/clusters HTTP/1.1')]],
    ['a version that is none', () => [head('GET /v1/clusters HTTP/9.9')]],
  ])('%s: refused in the usual form', async (_what, pieces) => {
    const answer = firstAnswer(await exchange(pieces()));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answerProblems(answer, 'POST', undefined)).toEqual([]);
    expect(await world.content.digest()).toBe(world.digest);
  });

  it('a request without Host is refused, by Node itself and without a body', async () => {
    expect(firstAnswer(await exchange(['GET /v1/clusters HTTP/1.1\r\n\r\n'])).status).toBe(400);
  });

  it('requests one after the other on one connection get their answers in that order', async () => {
    const text = await exchange([head('GET /v1/clusters/nowhere HTTP/1.1') + head('GET / HTTP/1.1') + head('DELETE /v1/clustertemplates/nowhere HTTP/1.1', 'Connection: close')]);
    expect([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)).toEqual(['404', '200', '404']);
    expect(await world.content.digest()).toBe(world.digest);
  });

  it('who hangs up in the middle of a body changes nothing, and the next one is served', async () => {
    await exchange([head('POST /v1/clustertemplates HTTP/1.1', json, `Content-Length: ${small.length}`), small.slice(0, -5)], { leave: true });
    const text = await exchange([head('GET / HTTP/1.1', 'Connection: close')]);
    expect(firstAnswer(text).status).toBe(200);
    expect(await world.content.digest()).toBe(world.digest);
  });

  it('a body that is said to be larger than allowed is refused before it comes', async () => {
    const answer = firstAnswer(await exchange([head('POST /v1/clustertemplates HTTP/1.1', json, 'Content-Length: 99999999999', 'Connection: close'), small]));
    expect(answer.status).toBe(413);
    expect(answerProblems(answer, 'POST', undefined)).toEqual([]);
  });
});
