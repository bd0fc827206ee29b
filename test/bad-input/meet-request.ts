import { expect } from '@jest/globals';
import { answerProblems } from './answer-problems.js';
import type { HostileRequest } from './hostile-request.js';
import type { ApiOperation } from './openapi.js';
import type { World } from './world.js';

/**
 * Sends a request and expects of it: an answer in time and in a documented form, and after a refusal (or a read) a database
 * that is exactly what it was, and no operation woken. What an accepted request changed is put back.
 */
export async function meetRequest({ api, content, send, digest: before }: World, { as, headers, ...request }: HostileRequest, operation: ApiOperation | undefined): Promise<void> {
  const named = new Set(headers.map(([name]) => name.toLowerCase()));
  const type = request.body === undefined || named.has('content-type') ? [] : [['Content-Type', 'application/json'] as const];
  const token = as === null || named.has('x-auth-token') ? [] : [['X-Auth-Token', await api.token(as)] as const];
  const wokenBefore = api.woken.length;
  const answer = await send({ ...request, headers: [['Host', new URL(api.url).host], ...token, ...type, ...headers] });
  const after = await content.digest();
  if (after !== before) await content.putBack();
  expect(answerProblems(answer, request.method, operation)).toEqual([]);
  if (answer.status >= 400 || ['GET', 'HEAD', 'OPTIONS'].includes(request.method)) {
    expect(after).toBe(before);
    expect(api.woken.length).toBe(wokenBefore);
  }
}

/** Calls that changed something in the cloud since the last look: no request of a client may cause one. */
export async function changesInCloud({ api }: World): Promise<unknown[]> {
  return (await api.cloud.requests()).filter(({ method, path }) => !['GET', 'HEAD'].includes(method) && !path.endsWith('/auth/tokens'));
}
