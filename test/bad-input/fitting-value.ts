import fc from 'fast-check';
import { oddJson, type JsonText } from './hostile-json.js';
import { hostileText } from './hostile-text.js';
import { resolved, type Schema } from './openapi.js';
import type { KnownNames } from './world.js';

const images = ['ubuntu-2404-kube-v1.32.4', 'ubuntu-2404-kube-v1.33.1'];

/** Values that name something which exists, so that many requests get past the look-ups. */
const meanings = (known: KnownNames): Readonly<Record<string, readonly unknown[]>> => ({
  cluster_template_id: known.template.slice(0, 4),
  cluster_uuid: known.cluster.slice(2, 6),
  image_id: images,
  flavor_id: ['m1.small', 'm1.medium'],
  master_flavor_id: ['m1.small', 'm1.large'],
  keypair: ['demo', ''],
  keypair_id: ['demo', 'nobody'],
  external_network_id: ['public'],
  fixed_network: ['private'],
  fixed_subnet: ['private-subnet', 'private'],
  dns_nameserver: ['8.8.8.8', '1.1.1.1, 9.9.9.9'],
  network_driver: ['flannel', 'calico'],
  volume_driver: ['cinder'],
  driver: ['k8s-ubuntu'],
  server_type: ['vm'],
  http_proxy: ['http://proxy.example.org:3128'],
  https_proxy: ['http://user:pass@proxy.example.org:3128'],
  no_proxy: ['example.org,10.0.0.0/8'],
  insecure_registry: ['registry.example.org:5000'],
  node_count: [0, 1, 2, '3'],
  master_count: [1, 3],
  docker_volume_size: [1, 3, '5'],
  labels: [{}, { kube_tag: 'v1.32.4' }, { etcd_volume_size: 2, min_node_count: 0 }],
  csr: ['-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n'],
});

/** JSON that fits a member's schema, and mostly also means something. */
export function fittingValue(name: string, schema: Schema, known: KnownNames): fc.Arbitrary<JsonText> {
  const meant = meanings(known)[name];
  const fitting = ofSchema(resolved(schema));
  if (!meant) return fitting;
  return fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...meant).map((value) => JSON.stringify(value)) }, { weight: 1, arbitrary: fitting });
}

/** JSON at the edges of what a member's schema allows, on either side. */
export function edgeValue(reference: Schema): fc.Arbitrary<JsonText> {
  const { type, minimum = 0, maximum = 2_147_483_647, minLength = 0, maxLength = 255 } = resolved(reference);
  const text = fc.oneof(hostileText, fc.constantFrom(minLength - 1, minLength, maxLength, maxLength + 1).map((length) => 'x'.repeat(Math.max(0, length)))).map((odd) => JSON.stringify(odd));
  if (type === undefined || type === 'array' || type === 'object') return oddJson;
  switch (type) {
    case 'integer':
    case 'number':
      return fc.constantFrom(minimum - 1, minimum, maximum, maximum + 1, minimum + 0.5, 1_000_000, 1e21).chain((value) => fc.constantFrom(String(value), `"${value}"`, `" ${value}"`));
    case 'boolean':
      return fc.constantFrom('0', '1', '2', '"yes"', '"TRUE"', '"perhaps"', '""', 'null', '[]');
    case 'string':
      return text;
  }
}

function ofSchema(schema: Schema): fc.Arbitrary<JsonText> {
  if (schema.enum) return fc.constantFrom(...schema.enum).map((value) => JSON.stringify(value));
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(ofSchema));
  const { type } = schema;
  if (type === undefined) return fc.json({ maxDepth: 2 });
  switch (type) {
    case 'boolean':
      return fc.constantFrom('true', 'false');
    case 'integer': {
      const { minimum: min = -1000, maximum: max = 1000 } = schema;
      return fc.oneof(fc.constantFrom(min, max), fc.integer({ min: Math.max(min, -2_147_483_648), max: Math.min(max, 2_147_483_647) })).map(String);
    }
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    case 'string':
      return textOf(schema).map((text) => JSON.stringify(text));
    case 'array':
      return fc.array(ofSchema(schema.items ?? {}), { maxLength: 3 }).map((items) => `[${items.join(',')}]`);
    case 'object':
      return fc.dictionary(fc.string({ maxLength: 8 }), ofSchema(typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {}), { maxKeys: 3 }).map(
        (members) => `{${Object.entries(members).map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`,
      );
  }
}

function textOf({ pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  const max = Math.min(maxLength, 300);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length <= maxLength);
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(max, 40) });
}
