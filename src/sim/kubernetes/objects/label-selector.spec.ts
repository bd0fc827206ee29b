import { describe, expect, it } from '@jest/globals';
import { matchesRequirements, matchesSelector, parseLabelSelector } from './label-selector.js';

const labels = { app: 'web', tier: 'front' };

describe('parseLabelSelector', () => {
  it.each([
    { selector: '', matches: true },
    { selector: 'app=web', matches: true },
    { selector: 'app==web,tier=front', matches: true },
    { selector: 'app=db', matches: false },
    { selector: 'app!=db', matches: true },
    { selector: 'zone!=a', matches: true },
    { selector: 'app in (db, web),tier', matches: true },
    { selector: 'app notin (db,web)', matches: false },
    { selector: '!zone', matches: true },
    { selector: 'zone', matches: false },
    { selector: 'node-role.kubernetes.io/control-plane=', matches: false },
  ])('$selector: $matches', ({ selector, matches }) => {
    expect(matchesRequirements(labels, parseLabelSelector(selector))).toBe(matches);
  });

  it('says what it does not understand', () => {
    expect(() => parseLabelSelector('app=(web')).toThrow('app=(web');
  });
});

describe('matchesSelector', () => {
  it.each([
    { what: 'a missing selector', selector: undefined, matches: false },
    { what: 'an empty selector', selector: {}, matches: true },
    { what: 'equal labels', selector: { matchLabels: { app: 'web' } }, matches: true },
    { what: 'an expression', selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, matches: false },
  ])('$what: $matches', ({ selector, matches }) => {
    expect(matchesSelector(labels, selector)).toBe(matches);
  });
});
