import { describe, expect, it } from '@jest/globals';
import { failureCodes, failureReason } from './failure-reason.js';

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });

describe('failureReason', () => {
  it.each<[string, unknown, string, string[]]>([
    ['an error with a code in its words', withCode('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'), 'connect ECONNREFUSED 127.0.0.1:1', ['ECONNREFUSED']],
    ['an error with a code beside its words', withCode('other side closed', 'UND_ERR_SOCKET'), 'other side closed (UND_ERR_SOCKET)', ['UND_ERR_SOCKET']],
    ['a cause with a code', new Error('fetch failed', { cause: withCode('x', 'ENOTFOUND') }), 'fetch failed (ENOTFOUND)', ['ENOTFOUND']],
    ['several addresses', new AggregateError([withCode('a', 'ECONNREFUSED'), withCode('b', 'EHOSTUNREACH')], ''), 'a (ECONNREFUSED); b (EHOSTUNREACH)', ['ECONNREFUSED', 'EHOSTUNREACH']],
    ['an error of another realm', { message: 'silent' }, 'silent', []],
    ['something else', 'text', 'text', []],
    ['nothing', undefined, 'undefined', []],
  ])('reads %s', (_, error, reason, codes) => {
    expect(failureReason(error)).toBe(reason);
    expect(failureCodes(error)).toEqual(codes);
  });
});
