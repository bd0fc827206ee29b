import type { CloudSession } from '../support/cloud-session.js';

/** The image that clusters of the lab are made from. Its content is never looked at: the guest agent plays the machine. */
export const imageName = 'ubuntu-2404-kube-v1.32.4';
export const clusterDomain = 'jeroboam';
export const serviceUser = 'jeroboam';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What an operator does once to a cloud for Jeroboam: domain, service user, image. Finds what is there already. */
export async function prepareCloud(admin: CloudSession, servicePassword: string): Promise<void> {
  await ensure(admin, 'domains', 'domain', clusterDomain, { name: clusterDomain, description: 'Users of clusters, one for each' });
  const user = await ensure(admin, 'users', 'user', serviceUser, { name: serviceUser, password: servicePassword, domain_id: 'default' }, '&domain_id=default');
  const project = await idOf(admin, 'projects', 'service');
  for (const role of ['admin', 'service']) {
    await admin.must('identity', 'PUT', `/projects/${project}/users/${user}/roles/${await idOf(admin, 'roles', role)}`);
  }
  await ensureImage(admin);
}

/** Points the catalogue's container-infra at this API: a first time, or anew when its port changed. */
export async function registerContainerInfra(admin: CloudSession, apiUrl: string): Promise<void> {
  const url = `${apiUrl}/v1`;
  const service = await ensure(admin, 'services', 'service', 'magnum', { name: 'magnum', type: 'container-infra' });
  const { endpoints } = await admin.get<{ endpoints: { id: string; interface: string }[] }>('identity', `/endpoints?service_id=${service}`);
  for (const kind of ['public', 'internal', 'admin']) {
    const known = endpoints.find((endpoint) => endpoint.interface === kind);
    if (known) await admin.must('identity', 'PATCH', `/endpoints/${known.id}`, { endpoint: { url } });
    else await admin.must('identity', 'POST', '/endpoints', { endpoint: { service_id: service, interface: kind, url, region_id: 'RegionOne' } });
  }
}

export async function idOf(admin: CloudSession, collection: string, name: string, query = ''): Promise<string> {
  const found = (await admin.get<Record<string, Named[]>>('identity', `/${collection}?name=${encodeURIComponent(name)}${query}`))[collection]?.[0];
  if (!found) throw new Error(`Keystone has no ${name} among its ${collection}.`);
  return found.id;
}

async function ensure(admin: CloudSession, collection: string, key: string, name: string, body: Record<string, unknown>, query = ''): Promise<string> {
  const found = (await admin.get<Record<string, Named[]>>('identity', `/${collection}?name=${name}${query}`))[collection]?.[0];
  if (found) return found.id;
  const made = await admin.must<Record<string, Named>>('identity', 'POST', `/${collection}`, { [key]: body });
  return made[key]?.id ?? '';
}

async function ensureImage(admin: CloudSession): Promise<void> {
  const { images } = await admin.get<{ images: (Named & { status: string })[] }>('image', `/v2/images?name=${imageName}`);
  if (images.some((image) => image.status === 'active')) return;
  const properties = { os_distro: 'ubuntu', os_version: '24.04', kube_version: 'v1.32.4' };
  const image =
    images[0] ?? (await admin.must<Named>('image', 'POST', '/v2/images', { name: imageName, disk_format: 'raw', container_format: 'bare', visibility: 'public', ...properties }));
  await admin.must('image', 'PUT', `/v2/images/${image.id}/file`, new Uint8Array(65_536), { 'Content-Type': 'application/octet-stream' });
}
