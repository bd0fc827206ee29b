import { describe, expect, it } from '@jest/globals';
import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isDatabaseAway } from './database-away.js';

const withCode = (code: string): Error => Object.assign(new Error('as the server put it'), { code });

const away: readonly (readonly [string, unknown])[] = [
  ['a transaction whose connection broke', new QueryRunnerAlreadyReleasedError()],
  ['a repository of such a transaction', new QueryRunnerProviderAlreadyReleasedError()],
  ['a server that ends connections', withCode('57P01')],
  ['a transaction that said nothing for too long', withCode('25P03')],
  ['a deadlock', withCode('40P01')],
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a server that does not answer', new Error('Query read timeout')],
  ['what TypeORM wraps', Object.assign(new Error('query failed'), { driverError: withCode('08006') })],
];

describe('isDatabaseAway', () => {
  it.each(away)('is true for %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each([
    ['a violated constraint', withCode('23505')],
    ['a defect of ours', new TypeError('undefined is not a function')],
    ['anything else', 'Connection terminated'],
  ] as readonly (readonly [string, unknown])[])('is false for %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });
});
