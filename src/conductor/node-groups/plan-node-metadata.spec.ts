import { describe, expect, it } from '@jest/globals';
import { describeChange, planNodeMetadata, type FormerMetadata, type SeenMetadata, type WantedMetadata } from './plan-node-metadata.js';

const wanted: WantedMetadata = { labels: { disk: 'ssd' }, taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] };
const asWanted: SeenMetadata = { labels: { disk: 'ssd', zone: 'a' }, taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] };
const nothing: WantedMetadata = { labels: {}, taints: [] };
const never: FormerMetadata = { labels: [], taints: [] };
const once: FormerMetadata = { labels: ['disk'], taints: [{ key: 'dedicated', effect: 'NoSchedule' }] };

describe('planNodeMetadata', () => {
  it.each([
    { when: 'all is as wanted', seen: asWanted, wanted, former: once },
    { when: 'nothing is wanted, and what stands there is others’', seen: asWanted, wanted: nothing, former: never },
    { when: 'what was wanted once is gone already', seen: { labels: {}, taints: [] }, wanted: nothing, former: once },
    { when: 'a taint without a value is wanted and seen', seen: { labels: {}, taints: [{ key: 'k', value: null, effect: 'NoExecute' }] }, wanted: { labels: {}, taints: [{ key: 'k', effect: 'NoExecute' }] }, former: never },
  ])('changes nothing when $when', ({ seen, wanted: group, former }) => {
    expect(planNodeMetadata(seen, group, former)).toBeUndefined();
  });

  it.each([
    { when: 'a node has neither', seen: { labels: {}, taints: [] }, wanted, former: never, then: 'label disk=ssd, taint dedicated=db:NoSchedule' },
    { when: 'values differ', seen: { labels: { disk: 'hdd' }, taints: [{ key: 'dedicated', value: 'web', effect: 'NoSchedule' }] }, wanted, former: never, then: 'label disk=ssd, taint dedicated=db:NoSchedule' },
    { when: 'both were dropped', seen: asWanted, wanted: nothing, former: once, then: 'without label disk, without taint dedicated:NoSchedule' },
    { when: 'a taint changed its effect', seen: asWanted, wanted: { labels: { disk: 'ssd' }, taints: [{ key: 'dedicated', value: 'db', effect: 'NoExecute' }] }, former: once, then: 'taint dedicated=db:NoExecute, without taint dedicated:NoSchedule' },
  ])('says what to change when $when', ({ seen, wanted: group, former, then }) => {
    const change = planNodeMetadata(seen, group, former);
    expect(change && describeChange(change)).toBe(then);
  });

  it('never takes away what the group still wants, whatever it wanted once', () => {
    expect(planNodeMetadata(asWanted, wanted, { labels: ['disk', 'zone'], taints: once.taints })?.labels).toEqual({ zone: null });
  });
});
