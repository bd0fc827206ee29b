import { z } from 'zod';
import { expected, isNoProxy, isProxy, isRegistry } from '../../domain/network-settings.js';
import { linkSchema } from '../http/links.js';
import { boolean, integer, labels, optional, text } from '../http/lenient-scalars.js';

const dottedQuad = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}`;
const nameServersPattern = new RegExp(`^\\s*${dottedQuad}\\s*(?:,\\s*${dottedQuad}\\s*)*$`);

/** Fields a person sets, as POST takes them and as a patched template must still look. */
const settableFields = {
  name: optional(text()),
  coe: z.enum(['kubernetes']).describe('Kind of cluster'),
  image_id: text().describe('Name or id of an image with property os_distro'),
  flavor_id: optional(text()).describe('Name or id of the flavor of workers'),
  master_flavor_id: optional(text()).describe('Name or id of the flavor of control-plane nodes'),
  keypair_id: optional(text()).describe('Nova keypair whose public key goes onto the nodes; looked up when a cluster is created'),
  external_network_id: optional(text()).describe('Name or id of an external network'),
  fixed_network: optional(text()).describe('Existing network to use, instead of a new one'),
  fixed_subnet: optional(text()).describe('Existing subnet to use'),
  dns_nameserver: optional(
    text().refine((value) => nameServersPattern.test(value), { error: 'expected an IPv4 address or a comma-separated list of them' }),
  ),
  network_driver: optional(text()).describe('flannel or calico; flannel by default'),
  volume_driver: optional(text()).describe('cinder'),
  server_type: optional(z.enum(['vm', 'bm'])),
  docker_volume_size: optional(integer({ min: 1 })).describe('GiB'),
  docker_storage_driver: optional(text()),
  apiserver_port: optional(integer({ min: 1024, max: 65_535 })),
  http_proxy: optional(text().refine(isProxy, { error: expected.proxy })).describe('URL of the proxy that nodes reach http:// through'),
  https_proxy: optional(text().refine(isProxy, { error: expected.proxy })).describe('URL of the proxy that nodes reach https:// through'),
  no_proxy: optional(text().refine(isNoProxy, { error: expected.noProxy })).describe('Comma-separated names, domains, addresses and ranges that are reached without a proxy'),
  insecure_registry: optional(text().refine(isRegistry, { error: expected.registry })).describe('Registry, as host[:port], whose certificate nodes do not check'),
  labels: optional(labels()),
  tags: optional(text(255, 0)).describe('Comma-separated words'),
  tls_disabled: optional(boolean()),
  registry_enabled: optional(boolean()),
  public: optional(boolean()).describe('Visible to all projects (admins only)'),
  hidden: optional(boolean()).describe('Left out for others and not usable by members (admins only)'),
  master_lb_enabled: optional(boolean()).describe('Whether an Octavia load balancer stands before the Kubernetes API; false by default'),
  floating_ip_enabled: optional(boolean()).describe('true by default'),
  cluster_distro: optional(text()).describe("Ignored on create: taken from the image's os_distro"),
  driver: optional(text()).describe('Name of the driver; chosen by image and coe when absent'),
};

/** Body of POST. A uuid is honoured, as Magnum does. */
export const createClusterTemplateSchema = z
  .strictObject({ uuid: optional(z.guid({ error: 'expected a uuid' })), ...settableFields })
  .meta({ id: 'ClusterTemplateCreate' });
export type CreateClusterTemplate = z.infer<typeof createClusterTemplateSchema>;

/** What a patched template must satisfy. */
export const patchedClusterTemplateSchema = z.strictObject(settableFields);
export type PatchedClusterTemplate = z.infer<typeof patchedClusterTemplateSchema>;

const nullableText = z.string().nullable();

export const clusterTemplateSchema = z
  .object({
    uuid: z.string(),
    name: nullableText,
    coe: z.string(),
    image_id: z.string(),
    flavor_id: nullableText,
    master_flavor_id: nullableText,
    dns_nameserver: nullableText,
    keypair_id: nullableText,
    external_network_id: nullableText,
    fixed_network: nullableText,
    fixed_subnet: nullableText,
    network_driver: nullableText,
    apiserver_port: z.int().nullable(),
    docker_volume_size: z.int().nullable(),
    cluster_distro: nullableText,
    links: z.array(linkSchema),
    http_proxy: nullableText,
    https_proxy: nullableText,
    no_proxy: nullableText,
    volume_driver: nullableText,
    registry_enabled: z.boolean(),
    labels: z.record(z.string(), z.string()),
    tls_disabled: z.boolean(),
    public: z.boolean(),
    server_type: z.string(),
    insecure_registry: nullableText,
    docker_storage_driver: nullableText,
    master_lb_enabled: z.boolean(),
    floating_ip_enabled: z.boolean(),
    project_id: z.string(),
    user_id: z.string(),
    hidden: z.boolean(),
    tags: nullableText,
    driver: nullableText,
    created_at: z.string().meta({ format: 'date-time' }),
    updated_at: nullableText.meta({ format: 'date-time' }),
  })
  .meta({ id: 'ClusterTemplate' });
export type ClusterTemplateView = z.infer<typeof clusterTemplateSchema>;

export const clusterTemplateListSchema = z
  .object({ clustertemplates: z.array(clusterTemplateSchema), next: z.string().optional() })
  .meta({ id: 'ClusterTemplateList' });
