import { describe, expect, it } from '@jest/globals';
import type { Values } from './function.js';
import { dependenciesOf, requiredBy } from './dependencies.js';
import { readTemplate } from './template.js';

const values: Values = {
  parameter: () => '',
  condition: () => true,
  file: () => undefined,
  reference: (name) => name,
  attribute: () => null,
};
const value = (inner: unknown, more: object = {}): object => ({ type: 'OS::Heat::Value', properties: { value: inner }, ...more });
const plan = (resources: Record<string, object>, disabled: string[] = []): ReturnType<typeof dependenciesOf> => {
  const template = readTemplate({ heat_template_version: '2018-08-31', resources });
  const enabled = template.resources.filter(({ name }) => !disabled.includes(name));
  return dependenciesOf(template, enabled, values, (own, other) => own.name === 'implicit' && other.name === 'wanted');
};
const listed = (dependencies: ReadonlyMap<string, ReadonlySet<string>>): Record<string, string[]> =>
  Object.fromEntries([...dependencies].map(([name, needed]) => [name, [...needed]]));

describe('dependenciesOf', () => {
  it('takes references, depends_on and the needs of types together', () => {
    const resources = { a: value(1), b: value({ get_attr: ['a', 'value'] }, { depends_on: ['c'] }), c: value(2), implicit: value(3), wanted: value(4) };
    expect(listed(plan(resources))).toEqual({ a: [], b: ['a', 'c'], c: [], implicit: ['wanted'], wanted: [] });
  });

  it('ignores depends_on of a disabled resource', () => {
    expect(listed(plan({ a: value(1), b: value(2, { depends_on: 'a' }) }, ['a']))).toEqual({ b: [] });
  });

  it('gives up a need that would close a circle', () => {
    expect(listed(plan({ implicit: value(1), wanted: value({ get_resource: 'implicit' }) }))).toEqual({ implicit: [], wanted: ['implicit'] });
  });

  it.each([
    ['an unknown resource', { a: value({ get_resource: 'zz' }) }, [], 'The specified reference "zz" (in a.Properties.value) is incorrect.'],
    ['a disabled resource', { a: value(1), b: value({ get_resource: 'a' }) }, ['a'], 'The specified reference "a" (in b.Properties.value) is incorrect.'],
    ['an unknown depends_on', { a: value(1, { depends_on: 'zz' }) }, [], 'The specified reference "zz" (in a) is incorrect.'],
    ['itself', { a: value(1, { depends_on: 'a' }) }, [], 'Circular Dependency Found: {Value "a": {Value "a"}}'],
    [
      'a circle',
      { a: value({ get_attr: ['b', 'value'] }), b: value({ get_attr: ['a', 'value'] }), free: value(1) },
      [],
      'Circular Dependency Found: {Value "b": {Value "a"}, Value "a": {Value "b"}}',
    ],
  ])('refuses %s', (_what, resources, disabled, message) => {
    expect(() => plan(resources, disabled)).toThrow(message);
  });
});

describe('requiredBy', () => {
  it('turns the needs round', () => {
    const needs = new Map([['a', new Set<string>()], ['b', new Set(['a'])], ['c', new Set(['a', 'b'])]]);
    expect(Object.fromEntries(requiredBy(needs))).toEqual({ a: ['b', 'c'], b: ['c'], c: [] });
  });
});
