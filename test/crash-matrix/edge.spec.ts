import { describe, expect, it } from '@jest/globals';
import { casesOf, faultOf, mayNotRecur, pathPattern, requestEdges, type Edge, type RecordedRequest } from './edge.js';

const cluster = '11111111-2222-3333-4444-555555555555';
const request = (method: string, path: string, step = 'create-infra', service = 'orchestration'): RecordedRequest => ({
  service,
  method,
  path,
  user_agent: `jeroboam (cluster-create; ${step})`,
});
const edgesOf = (requests: readonly RecordedRequest[]): Edge[] => requestEdges(requests, 'clean0000');
const short = (edges: readonly Edge[]): string[] => edges.map((edge) => (edge.kind === 'move' ? edge.move : `${edge.step} ${edge.method} ${edge.path} ${edge.occurrence}`));

describe('requestEdges', () => {
  it('takes the same read asked again within one step for a poll', () => {
    const list = `/v1/p/stacks?tags=jeroboam-cluster-${cluster}`;
    const edges = edgesOf([request('GET', list), request('GET', list), request('GET', list, 'create-nodes')]);
    expect(short(edges)).toEqual(['create-infra GET /v1/p/stacks?tags=jeroboam-cluster-{uuid} 1', 'create-nodes GET /v1/p/stacks?tags=jeroboam-cluster-{uuid} 1']);
  });

  it('counts writes of one form, and reads of different things', () => {
    const node = (id: string): string => `/v1/p/stacks/jb-${cluster}-node-${id}/${cluster}`;
    const edges = edgesOf([request('POST', '/v1/p/stacks'), request('POST', '/v1/p/stacks'), request('GET', node('aaaaaaaa')), request('GET', node('bbbbbbbb'))]);
    expect(short(edges)).toEqual([
      'create-infra POST /v1/p/stacks 1',
      'create-infra POST /v1/p/stacks 2',
      'create-infra GET /v1/p/stacks/jb-{cluster}-node-{part}/{uuid} 1',
      'create-infra GET /v1/p/stacks/jb-{cluster}-node-{part}/{uuid} 2',
    ]);
  });

  it('knows the cluster\'s name as one that differs', () => {
    expect(short(edgesOf([request('GET', '/v2.1/servers?name=%5Eclean0000-', 'await-nodes', 'compute')]))).toEqual(['await-nodes GET /v2.1/servers?name=%5E{name}- 1']);
  });

  it('leaves out what the API asked for when it accepted the operation', () => {
    expect(edgesOf([{ ...request('GET', '/v2.1/limits'), user_agent: 'jeroboam' }])).toEqual([]);
  });

  it('knows the first log-in as everybody\'s', () => {
    const logIn = request('POST', '/v3/auth/tokens', 'create-cluster-user', 'identity');
    expect(edgesOf([logIn, logIn]).map((edge) => edge.kind === 'request' && edge.shared)).toEqual([true, false]);
  });
});

describe('a case', () => {
  const [read, write] = edgesOf([request('GET', '/v1/stacks'), request('POST', '/v1/stacks')]);

  it('is tried in every way that differs', () => {
    if (!read || !write) throw new Error('no edges');
    expect(casesOf(read).map(({ hold }) => hold)).toEqual(['lost', 'after']);
    expect(casesOf(write).map(({ hold }) => hold)).toEqual(['lost', 'late', 'after']);
    expect(casesOf({ kind: 'move', move: 'enter create-infra' }).map(({ hold }) => hold)).toEqual(['unsaved']);
    expect([read, write].map(mayNotRecur)).toEqual([true, false]);
  });

  it('holds the request of one operation in one step', () => {
    const [, second] = edgesOf([request('POST', '/v1/stacks'), request('POST', '/v1/stacks')]);
    if (second?.kind !== 'request') throw new Error('no edge');
    expect(faultOf(second, 'after', 'req-1')).toEqual({
      service: 'orchestration',
      method: 'POST',
      path: '^/v1/stacks$',
      user_agent: '; create-infra\\)$',
      request_id: 'req-1',
      after: 1,
      action: { hold: 'after' },
    });
  });

  it('finds every path of its form and no other', () => {
    const pattern = new RegExp(pathPattern('/v3/users?name=jeroboam-{uuid}&domain_id={id}'));
    expect(pattern.test(`/v3/users?name=jeroboam-${cluster}&domain_id=${'0'.repeat(32)}`)).toBe(true);
    expect(pattern.test(`/v3/users?name=jeroboam-${cluster}&domain_id=x&enabled=true`)).toBe(false);
    expect(pattern.test(`/v3/users-name=jeroboam-${cluster}&domain_id=x`)).toBe(false);
  });
});
