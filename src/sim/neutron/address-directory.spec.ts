import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from '../journal.js';
import { AddressDirectory } from './address-directory.js';
import { newRecordFields, NetworkStore, type FloatingAddress, type Port } from './network-store.js';

let folder: string;
let journal: Journal;
let store: NetworkStore;
let directory: AddressDirectory;
let heard: [string, string | null][];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'addresses-'));
  journal = new Journal(folder);
  store = new NetworkStore(journal);
  directory = new AddressDirectory(store);
  heard = [];
  directory.onChange((address, server) => heard.push([address, server]));
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const port = (id: string, server: string, address: string, more: Partial<Port> = {}): Port =>
  store.ports.put({
    ...{ id, ...newRecordFields('project', 1), name: '', description: '', network_id: 'net', mac_address: '', admin_state_up: true, status: 'ACTIVE' },
    ...{ device_id: server, device_owner: 'compute:nova', fixed_ips: [{ subnet_id: 's', ip_address: address }], security_groups: [] },
    ...{ allowed_address_pairs: [], port_security_enabled: true, vnic_type: 'normal' },
    ...more,
  });
const floating = (portId: string | null): FloatingAddress =>
  store.floatingAddresses.put({
    ...{ id: 'f', ...newRecordFields('project', 1), name: '', description: '', floating_network_id: 'public', subnet_id: 'p' },
    ...{ floating_ip_address: '127.101.1.10', port_id: portId, fixed_ip_address: null, router_id: null },
  });

describe('floating addresses', () => {
  it('tells a server when one is bound to its port, moved, and taken away, once each', () => {
    port('p1', 'one', '10.0.0.5');
    port('p2', 'two', '10.0.0.6');
    floating('p1');
    directory.refresh();
    directory.refresh();
    floating('p2');
    directory.refresh();
    floating(null);
    directory.refresh();
    expect(heard).toEqual([
      ['127.101.1.10', 'one'],
      ['127.101.1.10', 'two'],
      ['127.101.1.10', null],
    ]);
  });

  it('leads nowhere while its port has no server', () => {
    port('p1', '', '10.0.0.5', { device_owner: '' });
    floating('p1');
    directory.refresh();
    expect([heard, directory.serverOf('127.101.1.10')]).toEqual([[], undefined]);
  });

  it('is known both ways, also by a directory that was made later', () => {
    port('p1', 'one', '10.0.0.5');
    floating('p1');
    const later = new AddressDirectory(store);
    expect([later.floatingOf('one'), later.serverOf('127.101.1.10'), later.serverOf('10.0.0.5')]).toEqual(['127.101.1.10', 'one', 'one']);
  });
});

describe('resolve', () => {
  const real = (number: number) => ({ host: '127.0.0.1', port: number });

  it('finds what a server listens with, by fixed and floating address, until it stops', () => {
    port('p1', 'one', '10.0.0.5');
    floating('p1');
    directory.refresh();
    directory.listen('one', 6443, real(40_001));
    expect([directory.resolve('10.0.0.5', 6443), directory.resolve('127.101.1.10', 6443), directory.resolve('10.0.0.5', 22)]).toEqual([real(40_001), real(40_001), undefined]);
    directory.unlisten('one', 6443);
    expect(directory.resolve('10.0.0.5', 6443)).toBeUndefined();
  });

  it('means the machine in the asking machine’s own network when an address is there twice', () => {
    port('p1', 'mine', '10.0.0.5', { network_id: 'net-1' });
    port('p2', 'theirs', '10.0.0.5', { network_id: 'net-2' });
    port('p3', 'asking', '10.0.0.7', { network_id: 'net-1' });
    directory.listen('mine', 6443, real(1));
    directory.listen('theirs', 6443, real(2));
    expect(directory.resolve('10.0.0.5', 6443, 'asking')).toEqual(real(1));
  });

  it('never leads into another project', () => {
    port('p1', 'theirs', '10.0.0.5', { network_id: 'net-2', project_id: 'another' });
    port('p2', 'asking', '10.0.0.7', { network_id: 'net-1' });
    directory.listen('theirs', 6443, real(2));
    expect(directory.resolve('10.0.0.5', 6443, 'asking')).toBeUndefined();
  });
});
