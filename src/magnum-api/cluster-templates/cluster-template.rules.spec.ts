import { describe, expect, it } from '@jest/globals';
import { ClusterTemplateInUseError } from '../../domain/domain-error.js';
import { changedFields, checkChangeOfUsed, withDefaults } from './cluster-template.rules.js';
import type { ClusterTemplateSettings } from './cluster-template.row.js';

const before = withDefaults({ name: 'gold', coe: 'kubernetes', image_id: 'ubuntu', labels: { a: '1', b: '2' }, tags: 'x' });
const change = (changes: Partial<ClusterTemplateSettings>) => {
  const after = { ...before, ...changes };
  checkChangeOfUsed(after, changedFields(before, after), 'gold');
};

describe('a template in use', () => {
  it.each<Partial<ClusterTemplateSettings>>([{ public: true }, { hidden: true }, { tags: 'y' }, { name: 'silver' }])('may become %j', (changes) => {
    expect(() => change(changes)).not.toThrow();
  });

  it.each<Partial<ClusterTemplateSettings>>([{}, { labels: {} }, { image_id: 'other' }, { tags: null }, { name: 'silver', hidden: true }, { flavor_id: 'm1.small' }])('may not become %j', (changes) => {
    expect(() => change(changes)).toThrow(ClusterTemplateInUseError);
  });

  it('does not count another order of labels as a change', () => {
    expect(changedFields(before, { ...before, labels: { b: '2', a: '1' } })).toEqual([]);
  });
});
