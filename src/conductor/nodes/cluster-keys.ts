import { secretNames } from '../../domain/secret-names.js';
import type { KeyPairPem } from '../../driver-contract/index.js';
import type { ClusterContext } from '../cluster-context.js';

export interface ClusterKeys {
  readonly kubernetesCa: KeyPairPem;
  readonly etcdCa: KeyPairPem;
  readonly frontProxyCa: KeyPairPem;
  readonly serviceAccountKey: { readonly publicKeyPem: string; readonly privateKeyPem: string };
  readonly conductorClient: KeyPairPem;
}

/** Opens the cluster's CAs and keys. */
export async function openClusterKeys(context: ClusterContext): Promise<ClusterKeys> {
  const { secrets, dataSource } = context.runtime;
  const names = [
    secretNames.kubernetesCa,
    secretNames.etcdCa,
    secretNames.frontProxyCa,
    secretNames.serviceAccountKey,
    secretNames.conductorClient,
  ];
  const found = await secrets.findAll(dataSource.manager, context.cluster.id, names);
  const read = <T>(name: string): T => {
    const text = found.get(name);
    if (text === undefined) throw new Error(`cluster ${context.cluster.id} has no secret ${name}`);
    return JSON.parse(text) as T;
  };
  return {
    kubernetesCa: read(secretNames.kubernetesCa),
    etcdCa: read(secretNames.etcdCa),
    frontProxyCa: read(secretNames.frontProxyCa),
    serviceAccountKey: read(secretNames.serviceAccountKey),
    conductorClient: read(secretNames.conductorClient),
  };
}
