import fc from 'fast-check';
import { InvalidParameterError } from '../../src/domain/domain-error.js';
import type { ClusterSpec } from '../../src/driver-contract/index.js';
import { withDefaults } from '../../src/magnum-api/cluster-templates/cluster-template.rules.js';
import { createClusterTemplateSchema } from '../../src/magnum-api/cluster-templates/cluster-template.schema.js';
import { buildClusterSpec } from '../../src/magnum-api/clusters/build-cluster-spec.js';
import { createClusterSchema } from '../../src/magnum-api/clusters/cluster.schema.js';
import { inheritFromTemplate } from '../../src/magnum-api/clusters/inherit-from-template.js';
import { driver } from '../k8s-ubuntu/cluster-fixture.js';
import { hostileText } from './hostile-text.js';

/** What people type, before anybody looked at it. */
export interface Typed {
  readonly template: Readonly<Record<string, unknown>>;
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly publicKey: string;
}

/**
 * The spec that the API freezes for what people typed, by its own schemas and rules; or why it refuses. Look-ups in the cloud
 * are left out: whatever they would find is taken.
 */
export function acceptedSpec({ template, cluster, publicKey }: Typed): { readonly spec: ClusterSpec } | { readonly refusal: string } {
  const base = { coe: 'kubernetes', image_id: 'image', flavor_id: 'small', master_flavor_id: 'small', external_network_id: 'public' };
  const parsedTemplate = createClusterTemplateSchema.safeParse({ ...base, ...template });
  if (!parsedTemplate.success) return { refusal: parsedTemplate.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`).join('; ') };
  const parsedCluster = createClusterSchema.safeParse({ name: 'demo', cluster_template_id: 'gold', keypair: 'demo', ...cluster });
  if (!parsedCluster.success) return { refusal: parsedCluster.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`).join('; ') };
  const settings = withDefaults(parsedTemplate.data);
  const wanted = inheritFromTemplate(parsedCluster.data, settings, 'generated');
  const { values, problems } = driver.resolveLabels(wanted.labels);
  if (problems.length > 0) return { refusal: problems.join(' ') };
  try {
    const spec = buildClusterSpec({
      clusterId: '6c1f7b0e-8e0e-4d2f-bb43-5a3d3f1b2c10',
      projectId: 'project-1',
      groups: [
        { id: '3f0d4d52-6d5c-4f4e-9a1c-0d3b8f0a7c11', name: 'default-master', role: 'control-plane' },
        { id: '3f0d4d52-6d5c-4f4e-9a1c-0d3b8f0a7c12', name: 'default-worker', role: 'worker' },
      ],
      wanted,
      template: settings,
      image: { id: 'image-id', name: 'image', properties: { kube_version: 'v1.32.4' } },
      flavor: { id: 'flavor-id' },
      masterFlavor: { id: 'flavor-id' },
      externalNetwork: { id: 'network-id' },
      fixedNetwork: null,
      fixedSubnet: null,
      sshPublicKey: publicKey,
      hasVolumes: true,
      driver,
      labels: values,
      defaultBootVolumeSizeGib: 0,
    });
    const contradictions = driver.specProblems?.(spec) ?? [];
    return contradictions.length > 0 ? { refusal: contradictions.join(' ') } : { spec };
  } catch (error) {
    if (error instanceof InvalidParameterError) return { refusal: error.message };
    throw error;
  }
}

const from = (characters: string, maxLength: number): fc.Arbitrary<string> => fc.array(fc.constantFrom(...Array.from(characters)), { maxLength }).map((list) => list.join(''));
const word = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const domain = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('.'));
const octet = fc.nat({ max: 255 });
const cidrIn = (first: number): fc.Arbitrary<string> => fc.tuple(octet, fc.constantFrom(16, 20, 24)).map(([second, bits]) => `${first}.${second}.0.0/${bits}`);
const cidr = octet.chain(cidrIn);

/** Mostly what means something, with all that shells, YAML and systemd would like to read otherwise. */
const proxy = fc.tuple(fc.constantFrom('http://', 'https://', 'socks5://', ''), from("ab1-._~!$&'()*+,;=:%", 12), domain, fc.nat({ max: 65_535 })).map(([scheme, user, host, port]) => `${scheme}${user === '' ? '' : `${user}@`}${host}:${port}`);
const noProxy = fc.array(fc.oneof(domain, cidr, domain.map((name) => `.${name}`), fc.constantFrom('*', '-n', '::1', '[fe80::1]:80', 'yes', '')), { maxLength: 4 }).map((entries) => entries.join(', '));
const registry = fc.tuple(domain, fc.option(fc.nat({ max: 70_000 }))).map(([host, port]) => (port === null ? host : `${host}:${port}`));
const comment = fc.oneof({ weight: 1, arbitrary: hostileText }, { weight: 5, arbitrary: from(`ab @.-'"\\$\`(){}[]#:,&*!|>%?=<é😀`, 20) });
const publicKey = fc.oneof({ weight: 20, arbitrary: comment.map((text) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA ${text}`) }, { weight: 1, arbitrary: hostileText });

const either = (meant: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 30, arbitrary: meant }, { weight: 1, arbitrary: hostileText });
const some = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> => fc.record(fields, { requiredKeys: [] });

const labelValues = {
  container_infra_prefix: fc.tuple(domain, fc.array(word, { maxLength: 2 })).map(([host, path]) => `${[host, ...path].join('/')}/`),
  fixed_subnet_cidr: cidrIn(11),
  flannel_network_cidr: cidrIn(12),
  service_cluster_ip_range: cidrIn(13),
  flannel_tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,10}$/),
  flannel_cni_tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,10}$/),
  dns_cluster_domain: fc.oneof(domain, fc.constantFrom('0o7', '1e3', 'yes', 'null', '0x10', '1_000', '010', 'y.n')),
  availability_zone: fc.constantFrom('nova', "zone 'a'", 'é', '{get_param: user_data}', '${x}'),
  control_plane_availability_zones: fc.constantFrom('a,b,c', 'a, b', "x'y,z"),
  extra_security_groups: fc.array(fc.uuid(), { maxLength: 2 }).map((ids) => ids.join(',')),
  master_lb_allowed_cidrs: fc.array(cidr, { minLength: 1, maxLength: 2 }).map((ranges) => ranges.join(', ')),
  octavia_provider: fc.constantFrom('amphora', 'ovn', ''),
  octavia_lb_algorithm: fc.constantFrom('ROUND_ROBIN', 'SOURCE_IP_PORT'),
  api_server_lb_flavor: hostileText,
  api_server_cert_sans: fc.array(fc.oneof(domain, fc.constantFrom('10.0.0.9', '::1', '*.example.org')), { maxLength: 3 }).map((names) => names.join(',')),
  boot_volume_size: fc.nat({ max: 50 }).map(String),
  boot_volume_type: hostileText,
  docker_volume_type: hostileText,
  etcd_volume_size: fc.nat({ max: 20 }).map(String),
  etcd_volume_type: hostileText,
  master_floating_ip_enabled: fc.constantFrom('true', 'no', true),
  server_group_policies: fc.constantFrom('none', 'affinity'),
};

/** What people type: much of it will be taken, some of it must not be. */
export const typed: fc.Arbitrary<Typed> = fc.record({
  template: some({
    http_proxy: either(proxy),
    https_proxy: either(proxy),
    no_proxy: either(noProxy),
    insecure_registry: either(registry),
    dns_nameserver: either(fc.constantFrom('8.8.8.8', ' 1.1.1.1 , 9.9.9.9\n')),
    apiserver_port: either(fc.constantFrom(6443, 8443, '1024', 65_535, 4433)),
  }),
  cluster: fc
    .record({
      name: fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,40}$/), fc.constantFrom('yes', 'y', 'null', 'True', 'NaN', 'x'.repeat(242), 'a'.repeat(23) + '.-_b')),
      // One or two at a time: each that is wrong hides the others.
      labels: fc.subarray(Object.keys(labelValues) as (keyof typeof labelValues)[], { maxLength: 3 }).chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, fc.oneof({ weight: 30, arbitrary: labelValues[name] as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: hostileText })])))),
      docker_volume_size: fc.option(fc.constantFrom(1, 5)),
      master_lb_enabled: fc.boolean(),
      floating_ip_enabled: fc.boolean(),
    })
    .map((fields) => fields as Record<string, unknown>),
  publicKey,
});
