import { describe, expect, it } from '@jest/globals';
import type { Caller } from './caller.js';
import { isAllowed, type Rule } from './policy.js';

function caller(roles: string[], { userId = 'alice', projectId = 'blue' }: { userId?: string; projectId?: string | null } = {}): Pick<Caller, 'roles' | 'isAdmin' | 'userId' | 'projectId'> {
  return { roles: new Set(roles), isAdmin: roles.includes('admin'), userId, projectId };
}
const target = { projectId: 'blue', userId: 'alice' };

describe('isAllowed', () => {
  it.each<{ who: string; rule: Rule; by: ReturnType<typeof caller>; expected: boolean }>([
    { who: 'a reader', rule: 'cluster:get', by: caller(['reader']), expected: true },
    { who: 'a reader', rule: 'cluster:create', by: caller(['reader']), expected: false },
    { who: 'a member', rule: 'cluster:create', by: caller(['member', 'reader']), expected: true },
    { who: 'a member of another project', rule: 'cluster:get', by: caller(['member', 'reader'], { projectId: 'red' }), expected: false },
    { who: 'somebody without a project', rule: 'cluster:get', by: caller(['reader'], { projectId: null }), expected: false },
    { who: 'an admin of another project', rule: 'cluster:delete', by: caller(['admin'], { projectId: 'red' }), expected: true },
    { who: 'a member', rule: 'clustertemplate:publish', by: caller(['member', 'reader']), expected: false },
    { who: 'the creator', rule: 'certificate:get', by: caller(['reader']), expected: true },
    { who: 'a project mate', rule: 'certificate:get', by: caller(['member', 'reader'], { userId: 'bob' }), expected: false },
    { who: 'a reading creator', rule: 'certificate:create', by: caller(['reader']), expected: false },
  ])('$who, $rule: $expected', ({ rule, by, expected }) => {
    expect(isAllowed(rule, by as Caller, target)).toBe(expected);
  });

  it('lets project mates read certificates when the operator says so', () => {
    const mate = caller(['reader'], { userId: 'bob' }) as Caller;
    expect(isAllowed('certificate:get', mate, target, { strictCertificates: false })).toBe(true);
    expect(isAllowed('certificate:create', mate, target, { strictCertificates: false })).toBe(false);
  });
});
