import { randomUUID } from 'node:crypto';
import { insertRow } from '../../src/database/insert-row.js';
import type { ApiUnderTest } from './api-under-test.js';

/** Body of a template that fits the simulated cloud's seeds. */
export const gold = {
  name: 'gold',
  coe: 'kubernetes',
  image_id: 'ubuntu-2404-kube-v1.32.4',
  external_network_id: 'public',
  keypair_id: 'demo',
  flavor_id: 'm1.small',
  master_flavor_id: 'm1.small',
  labels: { kube_tag: 'v1.32.4' },
} as const;

/** Makes a template and answers its uuid. */
export async function makeTemplate(api: ApiUnderTest, changes: Readonly<Record<string, unknown>> = {}, as = 'demo'): Promise<string> {
  const created = await api.call('POST', '/v1/clustertemplates', { as, body: { ...gold, ...changes } });
  if (created.status !== 201) throw new Error(`No template: ${JSON.stringify(created.body)}`);
  return String(created.at('uuid'));
}

/** Makes a cluster and answers its uuid. */
export async function makeCluster(api: ApiUnderTest, changes: Readonly<Record<string, unknown>> = {}, as = 'demo'): Promise<string> {
  const accepted = await api.call('POST', '/v1/clusters', { as, body: changes });
  if (accepted.status !== 202) throw new Error(`No cluster: ${JSON.stringify(accepted.body)}`);
  return String(accepted.at('uuid'));
}

/** A cluster's row alone, as if it had been accepted long ago. */
export async function insertCluster(api: ApiUnderTest, templateId: string, columns: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = randomUUID();
  const [template]: { project_id: string; user_id: string }[] = await api.database.dataSource.query(
    `SELECT project_id, user_id FROM cluster_templates WHERE id = $1`,
    [templateId],
  );
  await insertRow(api.database.dataSource.manager, 'clusters', {
    id,
    project_id: template?.project_id,
    user_id: template?.user_id,
    name: 'old',
    cluster_template_id: templateId,
    floating_ip_enabled: true,
    master_lb_enabled: false,
    status: 'CREATE_COMPLETE',
    spec: {},
    ...columns,
  });
  return id;
}
