import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainYaml } from '../../drivers/k8s-ubuntu/plain-yaml.js';
import { shellAssignments } from '../../drivers/k8s-ubuntu/proxy.js';
import { drawNodeName } from '../../src/domain/node-name.js';
import { hotProblems } from './hot-problems.js';
import { acceptedSpec, typed, type Typed } from './hostile-cluster.js';
import { hostileText } from './hostile-text.js';
import { readByBash, readByPyYaml, readBySystemd, readYaml } from './parsed-back.js';
import { meantAndRead, renderAll } from './rendered-cluster.js';
import { describeWith, pyYaml } from '../support/required-program.js';
import { requestsWanted, runOptions } from './run-options.js';

/**
 * Whatever the API accepts is rendered so that those who read it read what was meant: Heat's parameters, cloud-init's YAML,
 * the shell, systemd, kubeadm and the cluster's own API. What could not be meant is refused before.
 */
const runs = Math.ceil(requestsWanted / 10);
/** A whole cluster is rendered and read back each time. */
const clusterRuns = Math.ceil(requestsWanted / 20);
const timeoutMs = 120_000 + runs * 500;
/** What an environment can hold: the kernel takes 128 KiB a variable. */
const withoutNul = hostileText.filter((text) => !text.includes('\0') && text.length <= 10_000).map((text) => Buffer.from(text, 'utf8').toString('utf8'));

describe('what the API accepts', () => {
  it(
    'is read back from everything that is rendered',
    () => {
      let acceptedCount = 0;
      const property = fc.property(typed, (given) => {
        const outcome = acceptedSpec(given);
        if (!('spec' in outcome)) return;
        acceptedCount += 1;
        const rendered = renderAll(outcome.spec);
        expect(rendered.stacks.flatMap((stack) => hotProblems(outcome.spec, stack))).toEqual([]);
        for (const { what, meant, read } of meantAndRead(outcome.spec, rendered)) expect({ what, value: read }).toEqual({ what, value: meant });
      });
      fc.assert(property, runOptions(clusterRuns));
      if (process.env['BAD_INPUT_PATH'] === undefined) expect(acceptedCount).toBeGreaterThan(clusterRuns / 10);
    },
    timeoutMs,
  );

  it('makes names of nodes that DNS, Heat and Kubernetes take', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,60}$/)), hostileText, (cluster, group) => {
        expect(drawNodeName(cluster, group, (max) => max - 1)).toMatch(/^[a-z]([a-z0-9-]{0,45}[a-z0-9])?$/);
      }),
      runOptions(runs),
    );
  });
});

describe('what cannot be meant is refused by its name', () => {
  const typedWith = (template: Typed['template'], labels: Readonly<Record<string, unknown>> = {}, publicKey = 'ssh-ed25519 AAAA me'): Typed => ({ template, cluster: { labels, master_lb_enabled: true }, publicKey });

  it.each<[field: string, values: readonly unknown[]]>([
    ['http_proxy', ['http://p\n:1', 'http://p:1\u2028', 'http://"p":1', 'http://`id`:1', 'http://a b:1', '-x', 'ftp://p:1', 'http://', 'http://p:99999', 'http://p:1/@docker-volume-id@', 'http://ü:1', 'http://a%zz@p:1', 'http://p\u0000:1']],
    ['https_proxy', ['{get_param: x}', 'http://p:1;a\\', 'http://p:1\r']],
    ['no_proxy', ['a\nb', 'a;b', "a'b", 'a b', '$(id)', 'ü']],
    ['insecure_registry', ['../../etc/shadow', 'a b', 'x"\n[y]', 'http://registry.test', 'registry:0', 'registry:70000', '-r', 'r/s']],
    ['dns_nameserver', ['8.8.8.8;', 'dns.example.org', '008.8.8.8', '::1']],
    ['apiserver_port', [2379, 10_250, 80]],
  ])('field %s', (field, values) => {
    for (const value of values) expect({ value, outcome: acceptedSpec(typedWith({ [field]: value })) }).toEqual({ value, outcome: { refusal: expect.stringContaining(field) } });
  });

  it.each<[label: string, values: readonly unknown[]]>([
    ['container_infra_prefix', ['a//', 'a:b/', 'a/b', 'A/', 'a\n/', 'a b/', '-a/', '"/']],
    ['fixed_subnet_cidr', ['010.1.0.0/16', '10.1.0.0/016', '10.1.0.1/16', '10.1.0.0', '10.1.0.0/16\n']],
    ['flannel_network_cidr', ['10.1.0.0/25', '10.1.0.0/7']],
    ['dns_cluster_domain', ['a b', 'a.', '-a', 'A', `${'a.'.repeat(127)}ab`, 'a\n']],
    ['flannel_tag', ['a b', '-a', 'a/b', 'a:b', 'x'.repeat(129), 'a\n']],
    ['availability_zone', ['a:host', 'a\nb', ' a']],
    ['control_plane_availability_zones', ['a:host,b']],
    ['extra_security_groups', ['default']],
    ['master_lb_allowed_cidrs', ['0.0.0.0', '010.0.0.0/8', '::/0']],
    ['api_server_cert_sans', ['fe80::1%eth0', 'a b', '*']],
    ['boot_volume_size', ['-1', '1.5', '1e3', '0x10', '10000000']],
    ['master_floating_ip_enabled', ['perhaps', '1\n']],
  ])('label %s', (label, values) => {
    for (const value of values) expect({ value, outcome: acceptedSpec(typedWith({}, { [label]: value })) }).toEqual({ value, outcome: { refusal: expect.stringContaining(label) } });
  });

  it.each([
    { what: 'a certificate', publicKey: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' },
    { what: 'two keys', publicKey: 'ssh-ed25519 AAAA a\nssh-ed25519 BBBB b' },
    { what: 'a key with options of sshd', publicKey: 'command="id" ssh-rsa AAAA' },
    { what: 'nothing', publicKey: '' },
    { what: 'a key whose comment ends a line for some', publicKey: 'ssh-ed25519 AAAA a\u2028b' },
    { what: "a key whose comment is the docker volume's place", publicKey: 'ssh-ed25519 AAAA @docker-volume-id@' },
    { what: 'longer than any key', publicKey: `ssh-rsa ${'A'.repeat(9_000)}` },
  ])('a keypair that holds $what', ({ publicKey }) => expect(acceptedSpec(typedWith({}, {}, publicKey))).toEqual({ refusal: expect.stringContaining('keypair') }));
});

describe('the writers themselves, with any text', () => {
  it(
    'assignments are read alike by bash and by systemd',
    () => {
      fc.assert(
        fc.property(fc.array(withoutNul, { minLength: 1, maxLength: 4 }), (values) => {
          const variables = Object.fromEntries(values.map((value, index) => [`JEROBOAM_${index}`, value]));
          const text = shellAssignments(variables);
          expect(readByBash(text)).toEqual(variables);
          expect(readBySystemd(text)).toEqual(variables);
        }),
        runOptions(runs),
      );
    },
    timeoutMs,
  );

  it('a single quote does not end what systemd reads: it was garbled in the proxy of containerd', () => {
    const variables = { HTTP_PROXY: "http://u:it's@proxy:1", HTTPS_PROXY: "''\"'\\'" };
    expect(readBySystemd(shellAssignments(variables))).toEqual(variables);
    // The usual way of shells is not systemd's: this is what it made of it.
    expect(readBySystemd(`A='it'\\''s'\n`)).toEqual({ A: "it''s'" });
  });

  const wellFormed = hostileText.map((text) => Buffer.from(text, 'utf8').toString('utf8'));
  const documentWith = fc.record({ text: wellFormed, list: fc.array(wellFormed, { maxLength: 3 }), lines: wellFormed.map((text) => `#!/bin/bash\n${text}\n`), number: fc.integer(), nothing: fc.constant(null) });

  it(
    'YAML is read alike by YAML 1.1 and 1.2',
    () => fc.assert(fc.property(documentWith, (value) => expect(readYaml(plainYaml(value))).toEqual([value])), runOptions(runs)),
    timeoutMs,
  );

  describeWith([pyYaml], 'PyYAML, which cloud-init uses', () => {
    it(
      'reads YAML alike',
      () => {
        const values = fc.sample(documentWith, { numRuns: runs, ...(process.env['BAD_INPUT_SEED'] === undefined ? {} : { seed: Number(process.env['BAD_INPUT_SEED']) }) });
        expect(readByPyYaml(values.map(plainYaml))).toEqual(values);
      },
      timeoutMs,
    );
  });
});
