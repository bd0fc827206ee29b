import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { parse } from 'yaml';
import type { ClusterSpec, NodeSpec } from '../../src/driver-contract/index.js';
import { clusterSpec, driver, etcdVolumeId, group, nodeSpec, slotOutputs } from '../../test/k8s-ubuntu/cluster-fixture.js';
import { proxyVariables } from './proxy.js';
import { userData } from './user-data.js';

interface CloudConfig {
  readonly hostname: string;
  readonly fqdn: string;
  readonly ssh_authorized_keys?: readonly string[];
  readonly write_files: readonly { path: string; permissions: string; content: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

const read = (spec: ClusterSpec, node: NodeSpec): CloudConfig => {
  const text = userData(spec, node, node.group.role === 'control-plane' ? slotOutputs : null);
  expect(text.startsWith('#cloud-config\n')).toBe(true);
  return parse(text, { version: '1.1' }) as CloudConfig;
};
const contentOf = (config: CloudConfig, path: string): string => config.write_files.find((file) => file.path === path)?.content ?? '';

/** What a shell that reads the assignments has afterwards. */
function readByShell(assignments: string): Record<string, string> {
  const output = execFileSync('env', ['-i', 'bash', '--norc', '-c', 'set -a; eval "$(cat)"; env -0'], { input: assignments }).toString();
  return Object.fromEntries(output.split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}
const environment = (spec: ClusterSpec, node: NodeSpec): Record<string, string> => readByShell(contentOf(read(spec, node), '/etc/jeroboam/node.env'));

describe('user-data', () => {
  it('tells a control-plane node who it is', () => {
    expect(environment(clusterSpec(), nodeSpec('control-plane', 'init'))).toMatchObject({
      CLUSTER_ID: clusterSpec().clusterId,
      NODE_ID: nodeSpec('worker', 'join').nodeId,
      NODE_NAME: 'demo-control-plane-x1y2z',
      NODE_ROLE: 'control-plane',
      NODE_API_URL: 'https://127.0.0.1:9512',
      CLAIM_TOKEN: 'claim-token-1',
      BOOT_DEADLINE_SECONDS: '900',
      SLOT: '0',
      ETCD_VOLUME_ID: etcdVolumeId,
      DOCKER_VOLUME_ID: '',
    });
  });

  it('tells a worker no slot, and leaves its docker volume to Heat', () => {
    const variables = environment(clusterSpec(), nodeSpec('worker', 'join', { group: group('worker', { dockerVolumeSizeGib: 5 }) }));
    expect(variables).toMatchObject({ NODE_ROLE: 'worker', ETCD_VOLUME_ID: '', DOCKER_VOLUME_ID: '@docker-volume-id@' });
    expect(variables).not.toHaveProperty('SLOT');
  });

  it('says the same with whatever people type', () => {
    const hostile = `http://u:p@proxy.test:3128/?a='b"$(touch /tmp/x)\`id\`\\\n#: {} %s ü`;
    const variables = environment(clusterSpec({ httpProxy: hostile, httpsProxy: hostile, noProxy: `'; echo "x" #,yes` }), nodeSpec('worker', 'join', { claimToken: `'$IFS"\\`, nodeName: 'yes' }));
    expect(variables).toMatchObject({ HTTP_PROXY: hostile, HTTPS_PROXY: hostile, CLAIM_TOKEN: `'$IFS"\\`, NODE_NAME: 'yes' });
    expect(variables['NO_PROXY']?.startsWith(`'; echo "x" #,yes,`)).toBe(true);
  });

  it.each(['yes', '1:30', 'null', '0600', '- x', 'a: b', '# c'])('keeps the text "%s" a text for cloud-init', (text) => {
    const config = read(clusterSpec({ sshPublicKey: text }), nodeSpec('worker', 'join', { nodeName: text, nodeApiCaPem: text }));
    expect(config).toMatchObject({ hostname: text, fqdn: text, ssh_authorized_keys: [text] });
    expect(contentOf(config, '/etc/jeroboam/node-api-ca.pem')).toBe(text);
  });

  it('keeps what only root may read', () => {
    const { write_files: files } = read(clusterSpec(), nodeSpec('worker', 'join'));
    expect(files.find(({ content }) => content.includes('claim-token-1'))).toMatchObject({ path: '/etc/jeroboam/node.env', permissions: '0600' });
  });

  it('carries the boot scripts that were frozen with the cluster, not those of today', () => {
    const frozen = { ...driver.templates, 'boot/bootstrap.sh': '#!/bin/bash\n# of an older release\n' };
    expect(contentOf(read(clusterSpec({ templates: frozen }), nodeSpec('worker', 'join')), '/usr/local/lib/jeroboam/bootstrap.sh')).toContain('of an older release');
    expect(() => userData(clusterSpec({ templates: {} }), nodeSpec('worker', 'join'), null)).toThrow(/no boot scripts/);
  });

  it('starts the boot without waiting for it, since cloud-init must end', () => {
    expect(read(clusterSpec(), nodeSpec('worker', 'join')).runcmd.at(-1)).toEqual(['systemctl', 'enable', '--now', '--no-block', 'jeroboam-bootstrap.service']);
  });

  it('has no key of people when there is none', () => {
    expect(read(clusterSpec({ sshPublicKey: null }), nodeSpec('worker', 'join'))).not.toHaveProperty('ssh_authorized_keys');
  });

  it('refuses to be larger than Nova takes', () => {
    expect(() => userData(clusterSpec({ sshPublicKey: 'x'.repeat(40_000) }), nodeSpec('worker', 'join'), null)).toThrow(/Nova takes/);
  });
});

describe('proxies', () => {
  it('are not mentioned in a cluster without one', () => {
    expect(proxyVariables(clusterSpec({ noProxy: 'example.org' }))).toEqual({});
  });

  it("never carry the cluster's own calls", () => {
    const { NO_PROXY: noProxy } = proxyVariables(clusterSpec({ httpsProxy: 'http://proxy.test:3128', noProxy: 'example.org, 10.0.0.0/24' }), ['203.0.113.5']);
    expect(noProxy?.split(',')).toEqual(['example.org', '10.0.0.0/24', 'localhost', '127.0.0.0/8', '10.100.0.0/16', '10.254.0.0/16', '.svc', '.cluster.local', '203.0.113.5']);
  });
});
