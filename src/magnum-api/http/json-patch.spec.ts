import { describe, expect, it } from '@jest/globals';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { applyPatch, internalPaths, patchSchema, type Patch } from './json-patch.js';

const attributes = { name: 'gold', tags: null, labels: { kube_tag: 'v1.32.4' }, floating_ip_enabled: false, coe: 'kubernetes', uuid: '1' };
const rules = { internal: internalPaths(), mandatory: new Set(['/coe']), defaults: { floating_ip_enabled: true, labels: {} } };
const patched = (...patch: Patch) => applyPatch(attributes, patch, rules);

describe('applyPatch', () => {
  it.each<{ op: Patch[number]; changes: object }>([
    { op: { op: 'replace', path: '/name', value: 'x' }, changes: { name: 'x' } },
    { op: { op: 'add', path: '/tags', value: 'a,b' }, changes: { tags: 'a,b' } },
    { op: { op: 'remove', path: '/name' }, changes: { name: null } },
    { op: { op: 'remove', path: '/floating_ip_enabled' }, changes: { floating_ip_enabled: true } },
    { op: { op: 'remove', path: '/labels' }, changes: { labels: {} } },
    { op: { op: 'add', path: '/labels/a', value: 'b' }, changes: { labels: { kube_tag: 'v1.32.4', a: 'b' } } },
    { op: { op: 'remove', path: '/labels/kube_tag' }, changes: { labels: {} } },
    { op: { op: 'replace', path: '/labels', value: "{'a': 'b'}" }, changes: { labels: { a: 'b' } } },
  ])('does $op.op $op.path', ({ op, changes }) => {
    expect(patched(op)).toEqual({ ...attributes, ...changes });
  });

  it.each<Patch[number]>([
    { op: 'replace', path: '/uuid', value: '2' },
    { op: 'remove', path: '/coe' },
    { op: 'add', path: '/name', value: 'x' },
    { op: 'add', path: '/colour', value: 'red' },
    { op: 'replace', path: '/colour', value: 'red' },
    { op: 'remove', path: '/colour' },
    { op: 'replace', path: '/name', value: null },
    { op: 'add', path: '/tags' },
    { op: 'replace', path: '/labels/missing', value: 'x' },
    { op: 'remove', path: '/labels/missing' },
    { op: 'add', path: '/nowhere/a', value: 'x' },
    { op: 'replace', path: '/labels', value: 'no literal' },
    { op: 'add', path: '/labels/__proto__', value: 'x' },
    { op: 'replace', path: '/labels', value: "{'__proto__': 'x'}" },
    { op: 'replace', path: '/labels/constructor', value: 'x' },
    { op: 'remove', path: '/labels/toString' },
    { op: 'add', path: '/labels/constructor/keys', value: 'x' },
    { op: 'add', path: '/name/deeper', value: 'x' },
  ])('refuses $op $path', (operation) => {
    expect(() => patched(operation)).toThrow(InvalidParameterError);
  });

  it('changes nothing of the original when a later operation fails', () => {
    expect(() => patched({ op: 'add', path: '/labels/a', value: 'b' }, { op: 'remove', path: '/colour' })).toThrow(InvalidParameterError);
    expect(attributes.labels).toEqual({ kube_tag: 'v1.32.4' });
  });
});

describe('patchSchema', () => {
  it.each([
    { op: 'replace', path: '/name', value: 'x' },
    [{ op: 'test', path: '/name', value: 'x' }],
    [{ op: 'move', from: '/name', path: '/coe' }],
    [{ path: '/name', value: 'x' }],
    [{ op: 'replace', value: 'x' }],
    [{ op: 'replace', path: 'name', value: 'x' }],
    [{ op: 'replace', path: '/', value: 'x' }],
    [{ op: 'replace', path: '/labels/a.b', value: 'x' }],
    [{ op: 'replace', path: '/name', value: 'x', why: 1 }],
    [{ op: 'replace', path: '/labels', value: { a: 'b' } }],
    [{ op: 'replace', path: '/docker_volume_size', value: 1.5 }],
  ])('refuses %j', (body) => {
    expect(patchSchema.safeParse(body).success).toBe(false);
  });
});
