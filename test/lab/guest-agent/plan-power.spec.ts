import { describe, expect, it } from '@jest/globals';
import type { SeenServer } from './cloud-view.js';
import { planPower, type PlayedServer } from './plan-power.js';

const server = (status: string, volumeIds: readonly string[] = []): SeenServer => ({
  ...{ id: 's', name: 'node', tenant_id: 'p', status, metadata: {}, image: '' },
  'OS-EXT-SRV-ATTR:user_data': null,
  'os-extended-volumes:volumes_attached': volumeIds.map((id) => ({ id })),
});
const on = (volumeIds: readonly string[] = []): PlayedServer => ({ isOn: true, volumeIds });
const off: PlayedServer = { isOn: false, volumeIds: [] };

describe('planPower', () => {
  it.each<[string, SeenServer[], PlayedServer | undefined, string[]]>([
    ['a new server that runs', [server('ACTIVE')], undefined, ['start']],
    ['a server being built', [server('BUILD')], undefined, []],
    ['one that failed to be built', [server('ERROR')], undefined, []],
    ['one that runs already', [server('ACTIVE')], on(), []],
    ['one that reboots', [server('REBOOT')], on(), []],
    ['one that was switched off', [server('SHUTOFF')], on(), ['stop']],
    ['one that is off already', [server('SHUTOFF')], off, []],
    ['one that is on again', [server('ACTIVE')], off, ['start']],
    ['one in an error', [server('ERROR')], on(), ['stop']],
    ['one that is gone', [], on(), ['remove']],
    ['one that was off and is gone', [], off, ['remove']],
    ['a volume that was attached', [server('ACTIVE', ['v'])], on(), ['refresh-disks']],
    ['a volume that was detached', [server('ACTIVE')], on(['v']), ['refresh-disks']],
    ['another volume', [server('ACTIVE', ['w'])], on(['v']), ['refresh-disks']],
    ['the same volumes in another order', [server('ACTIVE', ['v', 'w'])], on(['w', 'v']), []],
    ['a volume of a server that is off', [server('SHUTOFF', ['v'])], off, []],
  ])('%s', (_name, seen, played, kinds) => {
    expect(planPower(seen, new Map(played ? [['s', played]] : [])).map(({ kind }) => kind)).toEqual(kinds);
  });
});
