import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseVictims, type VictimCandidate } from './choose-victims.js';

const candidate = (id: string, changes: Partial<VictimCandidate> = {}): VictimCandidate => ({
  ...{ id, name: id, ready: true, cordoned: false, podCount: 5, zone: null, hold: null, createdAt: new Date(0) },
  ...changes,
});

describe('chooseVictims', () => {
  it.each([
    { of: 'an unready node', before: 'a closed one', nodes: [candidate('closed', { cordoned: true }), candidate('first', { ready: false, podCount: 9 })] },
    { of: 'a closed node', before: 'one with fewer pods', nodes: [candidate('few', { podCount: 0 }), candidate('first', { cordoned: true })] },
    { of: 'a node of the fuller zone', before: 'one with fewer pods', nodes: [candidate('few', { podCount: 0, zone: 'b' }), candidate('first', { zone: 'a' }), candidate('same', { zone: 'a', podCount: 6 })] },
    { of: 'the node with the fewest pods', before: 'a younger one', nodes: [candidate('young', { createdAt: new Date(9) }), candidate('first', { podCount: 4 })] },
    { of: 'the youngest', before: 'an older one', nodes: [candidate('old'), candidate('first', { createdAt: new Date(9) })] },
    { of: 'a node that nobody holds', before: 'a held one that is not ready', nodes: [candidate('held', { hold: 'payroll', ready: false }), candidate('first')] },
  ])('takes $of before $before', ({ nodes }) => {
    expect(chooseVictims(nodes, 1).map(({ id }) => id)).toEqual(['first']);
  });

  it('says why', () => {
    expect(chooseVictims([candidate('a', { podCount: 1, zone: 'x' }), candidate('b', { zone: 'y' })], 1)).toEqual([{ id: 'a', because: 'it has 1 pod to move, the fewest in zone x, which has most nodes' }]);
  });

  it('leaves zones as even as nodes on hold allow, never takes a held one, and never more than asked for', () => {
    const node = fc.record({ zone: fc.constantFrom('a', 'b', 'c'), podCount: fc.nat(9), hold: fc.constantFrom(null, null, null, 'mine') });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 12 }), fc.nat(12), (drawn, count) => {
        const nodes = drawn.map((changes, index) => candidate(`n${index}`, changes));
        const victims = new Set(chooseVictims(nodes, count).map(({ id }) => id));
        expect(victims.size).toBe(Math.min(count, nodes.filter(({ hold }) => hold === null).length));
        expect(nodes.some(({ id, hold }) => hold !== null && victims.has(id))).toBe(false);
        const left = nodes.filter(({ id }) => !victims.has(id));
        const inZone = (zone: string | null): number => left.filter((other) => other.zone === zone).length;
        // Whoever was taken came from a zone that had most of those from which any could be taken.
        for (const { zone } of nodes.filter(({ id }) => victims.has(id))) {
          for (const other of left.filter(({ hold }) => hold === null)) expect(inZone(other.zone)).toBeLessThanOrEqual(inZone(zone) + 1);
        }
      }),
    );
  });
});
