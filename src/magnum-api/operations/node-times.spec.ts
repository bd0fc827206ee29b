import { expect, it } from '@jest/globals';
import { nodeTimes, type PhaseLine } from './node-times.js';

const line = (node_id: string, node_phase: string, second: number): PhaseLine => ({ node_id, name: `node-${node_id}`, node_phase, at: new Date(second * 1000) });
const at = (second: number): string => new Date(second * 1000).toISOString();

it('tells when each node was in which phase', () => {
  const lines = [line('b', 'draining', 1), line('a', 'planned', 2), line('b', 'draining', 3), line('a', 'booting', 4), line('b', 'deleting', 5), line('b', 'gone', 7)];
  expect(nodeTimes(lines)).toEqual([
    {
      name: 'node-b',
      uuid: 'b',
      phases: [
        { phase: 'draining', from: at(1), to: at(5) },
        { phase: 'deleting', from: at(5), to: at(7) },
        { phase: 'gone', from: at(7), to: at(7) },
      ],
    },
    {
      name: 'node-a',
      uuid: 'a',
      phases: [
        { phase: 'planned', from: at(2), to: at(4) },
        { phase: 'booting', from: at(4), to: null },
      ],
    },
  ]);
});

it('knows a node that came back to where it was', () => {
  const [times] = nodeTimes([line('a', 'ready', 1), line('a', 'draining', 2), line('a', 'ready', 3)]);
  expect(times?.phases.map(({ phase }) => phase)).toEqual(['ready', 'draining', 'ready']);
});
