import { describe, expect, it } from '@jest/globals';
import { deletePlanText } from './delete-plan.js';

const nothing = { cluster_uuid: 'c1', stacks: [], nodes: [], load_balancers: [], floating_ips: [], volumes: [], recorded: [], blockers: [], notes: [] };

describe('deletePlanText', () => {
  it('lists only what there is, what stays apart from what goes', () => {
    const volume = { size_gib: 2, status: 'available', because: 'the cluster made it' };
    const text = deletePlanText('blue', {
      ...nothing,
      nodes: [{ name: 'blue-worker-abcde', role: 'worker', phase: 'ready', server_id: 's1' }],
      volumes: [
        { ...volume, id: 'v1', name: 'pvc-1', action: 'delete' },
        { ...volume, id: 'v2', name: 'pvc-2', action: 'keep', because: 'its PersistentVolume says Retain' },
      ],
      recorded: [{ type: 'cinder-volume', id: 'v1', name: 'pvc-1 (v1)', state: 'deleting' }],
    });
    expect(text).toBe(
      [
        'Deleting cluster blue (c1) would remove:',
        'Nodes:',
        '  blue-worker-abcde (worker, ready) server s1',
        'Volumes:',
        '  pvc-1 (v1) 2 GiB available: the cluster made it',
        'Volumes that stay:',
        '  pvc-2 (v2) 2 GiB available: its PersistentVolume says Retain',
        'Written down by an earlier delete:',
        '  cinder-volume pvc-1 (v1), deleting',
        '',
      ].join('\n'),
    );
  });

  it('says so when there is nothing', () => {
    expect(deletePlanText('blue', nothing)).toContain('only what the database holds');
  });
});
