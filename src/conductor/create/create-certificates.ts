import { secretNames } from '../../domain/secret-names.js';
import { createCa, issueClientCertificate } from '../../kubernetes/certificates/certificate-authority.js';
import { createServiceAccountKey } from '../../kubernetes/certificates/keys.js';
import type { ClusterContext } from '../cluster-context.js';
import { done, type StepResult } from '../operation/operation.js';

/** Magnum's term_of_validity: 1825 days, for CAs and for what they sign here. */
const validDays = 1825;

/** The cluster's three CAs, the service-account key and the conductor's own client certificate; made once. */
export async function createCertificates(context: ClusterContext): Promise<StepResult> {
  const { cluster, runtime, now } = context;
  const names = [
    secretNames.kubernetesCa,
    secretNames.etcdCa,
    secretNames.frontProxyCa,
    secretNames.serviceAccountKey,
    secretNames.conductorClient,
  ];
  const existing = await runtime.secrets.findAll(runtime.dataSource.manager, cluster.id, names);
  if (existing.size === names.length) return done;
  const term = { now, days: validDays };
  const [kubernetesCa, etcdCa, frontProxyCa, serviceAccountKey] = await Promise.all([
    createCa(cluster.name, term),
    createCa(cluster.name, term),
    createCa(cluster.name, term),
    createServiceAccountKey(),
  ]);
  const conductorClient = await issueClientCertificate(kubernetesCa, {
    ...term,
    commonName: 'jeroboam-conductor',
    organization: 'system:masters',
  });
  const made: [string, object][] = [
    [secretNames.kubernetesCa, kubernetesCa],
    [secretNames.etcdCa, etcdCa],
    [secretNames.frontProxyCa, frontProxyCa],
    [secretNames.serviceAccountKey, serviceAccountKey],
    [secretNames.conductorClient, conductorClient],
  ];
  await context.write(async (manager) => {
    for (const [name, value] of made) await runtime.secrets.put(manager, cluster.id, name, JSON.stringify(value));
  });
  return done;
}
