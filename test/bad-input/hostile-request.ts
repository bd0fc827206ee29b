import fc from 'fast-check';
import { garbage, jsonObject, oddJson, type JsonText } from './hostile-json.js';
import { hostileHeader, hostileText, hostileUrlPart } from './hostile-text.js';
import { hostilePatch } from './hostile-patch.js';
import { resolved, type ApiOperation, type Schema } from './openapi.js';
import { edgeValue, fittingValue } from './fitting-value.js';
import type { KnownNames } from './world.js';

/** A request before its token, which is a different one in each run, is filled in. */
export interface HostileRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whose token: `user` or `user/project`; null: none. */
  readonly as: string | null;
  readonly body: string | undefined;
}

const one = <Value>(values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
const often = <Value>(weight: number, usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

const usualCaller = fc.constant<string | null>('demo');
const oddCaller = one<string | null>(['other', 'demo_reader/demo', 'admin', null]);

const usualVersion = fc.integer({ min: 1, max: 14 }).map((minor) => `container-infra 1.${minor}`);
const oddVersion = fc.oneof(one(['latest', 'container-infra latest', 'container-infra 1.0', 'container-infra 1.15', 'container-infra 2.1', 'compute 2.1', 'container-infra', '1.14', 'container-infra 1.99999999999999999999', 'container-infra 01.014']), hostileHeader);

type Header = readonly [name: string, value: string];

const usualHeaders: fc.Arbitrary<Header[]> = often(5, fc.constant('container-infra latest'), usualVersion).map((version) => [['OpenStack-API-Version', version]]);

/** Headers besides the token; none that frame the request, those are for raw-http.spec.ts. */
const oddHeaders: fc.Arbitrary<Header[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('OpenStack-API-Version'), oddVersion),
    fc.tuple(one(['Accept', 'Content-Type', 'Content-Encoding']), fc.oneof(one(['*/*', 'text/html', 'application/json; charset=utf-16', 'application/json;;', 'gzip', 'application/json, */*;q=0']), hostileHeader)),
    fc.tuple(one(['X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Prefix', 'X-Forwarded-For', 'Forwarded', 'Origin', 'Referer', 'Cookie']), fc.oneof(one(['https', 'evil.example.org', '/a/b', '//x', '../..']), hostileHeader)),
    fc.tuple(one(['If-Match', 'If-None-Match', 'If-Modified-Since', 'Range', 'Last-Event-ID', 'Accept-Encoding', 'Accept-Language']), fc.oneof(one(['*', '"x"', '5', '99999999999', 'bytes=0-', 'identity;q=0']), hostileHeader)),
    fc.tuple(one(['X-OpenStack-Request-ID', 'X-Auth-Token', 'X-Service-Token', 'X-HTTP-Method-Override', 'X-Roles', 'X-Project-Id', 'X-Identity-Status', 'X-Is-Admin-Project']), fc.oneof(one(['DELETE', 'admin', 'Confirmed', 'req-1']), hostileHeader)),
  ),
  { maxLength: 3 },
);

/** A segment of a path that stands for an object. */
const usualReference = (name: string, known: KnownNames): fc.Arbitrary<string> => one(name === 'type' ? ['kubernetes', 'etcd', 'front-proxy'] : known[name as keyof KnownNames]);

const oddQuery = (operation: ApiOperation): fc.Arbitrary<string> => {
  const names = operation.parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name);
  const values = fc.oneof(one(['1', '2', '0', '-1', '1e3', '99999999999', 'asc', 'desc', 'id', 'uuid', 'name', 'labels', 'created_at', 'spec', 'true', '']), hostileUrlPart);
  const pair = fc.tuple(often(5, one(names.length > 0 ? names : ['x']), hostileUrlPart), values).map(([name, value]) => `${name}=${value}`);
  const texts = fc.oneof({ weight: 6, arbitrary: fc.array(pair, { maxLength: 3 }).map((pairs) => pairs.join('&')) }, { weight: 1, arbitrary: hostileUrlPart }, { weight: 1, arbitrary: one(['limit=1&limit=2', 'a[]=1&a[b]=2', '&&&', '=', 'x'.repeat(4000)]) });
  return texts.map((text) => `?${text}`);
};

const pathOf = (operation: ApiOperation, segment: (name: string) => fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(...operation.path.split('/').map((part) => (part.startsWith('{') ? segment(part.slice(1, -1)) : fc.constant(part)))).map((parts) => parts.join('/'));

const oddPath = (operation: ApiOperation, known: KnownNames): fc.Arbitrary<string> =>
  fc
    .tuple(pathOf(operation, (name) => often(1, hostileUrlPart.filter((text) => !/^\/*$/.test(text)), usualReference(name, known))), often(4, fc.constant(''), one(['/', '//', '/.', '/..', '/x', '/%00', '.json'])))
    .map((parts) => parts.join(''));

/** A body for a schema: fitting, or with one member wrong, twice there, missing or unknown, or no such thing at all. */
export function bodyFor(reference: Schema, known: KnownNames): fc.Arbitrary<string> {
  const schema = resolved(reference);
  const fitting = schema.type === 'array' ? hostilePatch : members(schema, known);
  return fc.oneof({ weight: 8, arbitrary: fitting }, { weight: 1, arbitrary: oddJson }, { weight: 1, arbitrary: garbage }, { weight: 1, arbitrary: fitting.chain((text) => fc.nat({ max: text.length }).map((end) => text.slice(0, end))) });
}

function members(schema: Schema, known: KnownNames): fc.Arbitrary<JsonText> {
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((variant) => members(resolved(variant), known)));
  const names = Object.keys(schema.properties ?? {});
  const required = schema.required ?? [];
  // Members without a type are taken and ignored.
  const typed = names.filter((name) => schema.properties?.[name]?.deprecated !== true);
  const others = typed.filter((name) => !required.includes(name));
  const value = (name: string): fc.Arbitrary<JsonText> => fittingValue(name, schema.properties?.[name] ?? {}, known);
  const base = fc.subarray(others, { maxLength: Math.min(3, others.length) }).chain((chosen) => fc.tuple(...[...required, ...chosen].map((name) => value(name).map((text) => [name, text] as const))));
  type Member = readonly [string, JsonText];
  const edge: fc.Arbitrary<Member> = one(typed).chain((name) => edgeValue(schema.properties?.[name] ?? {}).map((text) => [name, text] as const));
  const wrong: fc.Arbitrary<Member> = fc.oneof(
    { weight: 4, arbitrary: edge },
    { weight: 2, arbitrary: fc.tuple(one(names), oddJson) },
    { weight: 1, arbitrary: fc.tuple(hostileText, oddJson) },
    ...(names.includes('labels') ? [{ weight: 3, arbitrary: fc.tuple(fc.constant('labels'), hostileLabels) }] : []),
  );
  return fc.oneof(
    { weight: 2, arbitrary: base.map(jsonObject) },
    { weight: 6, arbitrary: fc.tuple(base, wrong).map(([good, bad]) => jsonObject([...good.filter(([name]) => name !== bad[0]), bad])) },
    { weight: 1, arbitrary: fc.tuple(base, wrong).map(([good, bad]) => jsonObject([...good, bad, ...good.slice(0, 1)])) },
    { weight: 1, arbitrary: fc.tuple(base, fc.nat()).map(([good, index]) => jsonObject(good.filter((_, place) => place !== index % Math.max(1, good.length)))) },
  );
}

/** Labels that mean something here, and two that objects of JavaScript have from birth. */
export const labelNames: readonly string[] = [
  'kube_tag', 'container_infra_prefix', 'fixed_subnet_cidr', 'flannel_network_cidr', 'service_cluster_ip_range', 'flannel_backend', 'flannel_tag', 'dns_cluster_domain', 'availability_zone',
  'control_plane_availability_zones', 'extra_security_groups', 'master_lb_floating_ip_enabled', 'master_lb_allowed_cidrs', 'octavia_provider', 'octavia_lb_algorithm', 'api_server_cert_sans',
  'server_group_policies', 'boot_volume_size', 'boot_volume_type', 'docker_volume_type', 'etcd_volume_size', 'etcd_volume_type', 'min_node_count', '__proto__', 'constructor',
];
const hostileLabels: fc.Arbitrary<JsonText> = fc
  .array(fc.tuple(often(4, one(labelNames), hostileText), fc.oneof(one(['"1"', '"999999"', '"true"', '"10.1.0.0/16"', '"nova"', '"default"', '".."', '"a,b"']), oddJson)), { minLength: 1, maxLength: 3 })
  .map(jsonObject);

/** Any request to an operation of the document: mostly one part of it is odd, so that what is right gets it past the other checks. */
export function hostileRequest(operation: ApiOperation, known: KnownNames): fc.Arbitrary<HostileRequest> {
  const usual = {
    method: fc.constant(operation.method),
    path: pathOf(operation, (name) => usualReference(name, known)),
    query: fc.constant(''),
    headers: usualHeaders,
    as: usualCaller,
    body: operation.body === undefined ? fc.constant<string | undefined>(undefined) : (bodyFor(operation.body, known) as fc.Arbitrary<string | undefined>),
  };
  const odd = { path: oddPath(operation, known), query: oddQuery(operation), headers: oddHeaders, as: oddCaller, body: fc.option(fc.oneof(oddJson, garbage), { nil: undefined }) };
  const parts = fc.oneof(
    { weight: operation.body === undefined ? 2 : 12, arbitrary: fc.record(usual) },
    { weight: operation.path.includes('{') ? 4 : 1, arbitrary: fc.record({ ...usual, path: odd.path }) },
    { weight: operation.parameters.some((parameter) => parameter.in === 'query') ? 4 : 1, arbitrary: fc.record({ ...usual, query: odd.query }) },
    { weight: 2, arbitrary: fc.record({ ...usual, headers: odd.headers }) },
    { weight: 1, arbitrary: fc.record({ ...usual, as: odd.as }) },
    { weight: 1, arbitrary: fc.record({ ...usual, body: odd.body }) },
    { weight: 1, arbitrary: fc.record({ ...usual, ...odd }) },
  );
  return parts.map(({ path, query, ...rest }) => ({ target: path + query, ...rest }));
}

/** Calls that no document names: other methods, other paths. */
export function strayRequest(known: KnownNames): fc.Arbitrary<HostileRequest> {
  const id = fc.oneof(one([...known.cluster, ...known.template, ...known.operation]), hostileUrlPart);
  const word = one(['clusters', 'clustertemplates', 'operations', 'certificates', 'nodegroups', 'nodes', 'actions', 'resize', 'upgrade', 'quotas', 'mservices', 'stats', 'federations', 'credentials', 'bays', 'v1', 'v2', 'openapi.json', 'healthcheck', 'metrics']);
  const target = fc.tuple(often(5, fc.constant('/v1'), one(['', '/v2', '/v1.0', '/V1', '//v1'])), fc.array(fc.oneof(word, id), { maxLength: 4 })).map(([root, parts]) => [root, ...parts].join('/') || '/');
  const method = one(['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'REPORT']);
  return fc.record({ method, target, headers: often(1, usualHeaders, oddHeaders), as: often(2, usualCaller, oddCaller), body: often(2, fc.constant<string | undefined>(undefined), fc.oneof(oddJson, garbage)) });
}
