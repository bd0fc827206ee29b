import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretNames } from '../../src/domain/secret-names.js';
import { createCa, issueClientCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { createServiceAccountKey } from '../../src/kubernetes/certificates/keys.js';
import { worldBegins } from './scheduler.js';

/** Certificates and keys that all worlds of this program share: making them takes longer than a whole seed. */
export interface Material {
  /** What create-certificates would make for a cluster, by name of the secret. */
  readonly clusterSecrets: readonly (readonly [name: string, value: string])[];
  /** Environment of a node-api that may speak TLS. */
  readonly nodeApiSettings: Readonly<Record<string, string>>;
  readonly nodeApiCaPem: string;
  /** Takes the files away. */
  remove(): void;
}

export async function makeMaterial(): Promise<Material> {
  const term = { now: new Date(worldBegins), days: 1825 };
  const [kubernetesCa, etcdCa, frontProxyCa, serviceAccountKey] = await Promise.all([
    createCa('seed', term),
    createCa('seed', term),
    createCa('seed', term),
    createServiceAccountKey(),
  ]);
  const conductorClient = await issueClientCertificate(kubernetesCa, { ...term, commonName: 'jeroboam-conductor', organization: 'system:masters' });
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-seeds-'));
  const [certificate, key] = [join(folder, 'node-api.crt'), join(folder, 'node-api.key')];
  writeFileSync(certificate, kubernetesCa.certificatePem);
  writeFileSync(key, kubernetesCa.privateKeyPem);
  const made: [string, object][] = [
    [secretNames.kubernetesCa, kubernetesCa],
    [secretNames.etcdCa, etcdCa],
    [secretNames.frontProxyCa, frontProxyCa],
    [secretNames.serviceAccountKey, serviceAccountKey],
    [secretNames.conductorClient, conductorClient],
  ];
  return {
    clusterSecrets: made.map(([name, value]) => [name, JSON.stringify(value)] as const),
    nodeApiSettings: { JEROBOAM_NODE_CERT_FILE: certificate, JEROBOAM_NODE_KEY_FILE: key },
    // The same text in every program: it goes into user-data, and so into what is asked of Heat.
    nodeApiCaPem: '-----BEGIN CERTIFICATE-----\nc2VlZHM=\n-----END CERTIFICATE-----\n',
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
