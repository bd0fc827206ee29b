import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BootMaterial, BootMode, NodeRole } from '../../src/driver-contract/index.js';
import { caCertHash, createCa } from '../../src/kubernetes/certificates/certificate-authority.js';
import { createServiceAccountKey } from '../../src/kubernetes/certificates/keys.js';
import type { GuestServer } from '../../src/sim/sim-context.js';
import { clusterSpec, driver, group, etcdVolumeId, groupOutputs, infraOutputs, nodeSpec, slotOutputs } from '../k8s-ubuntu/cluster-fixture.js';
import { makeCertificate } from '../k8s-ubuntu/machine.js';
import { NodeApiDouble, payloadText } from '../k8s-ubuntu/node-api-double.js';
import { server } from './guest-world.js';

export { etcdVolumeId };
export const controlAddress = '10.0.0.5';

/** A node of the product: its server with the user-data that the driver renders, and the far end of its boot. */
export interface ProductNode {
  machine: GuestServer;
  nodeApi: NodeApiDouble;
}

/** Renders nodes of one cluster with real keys, as the conductor would. */
export class ProductCluster {
  private readonly nodes: ProductNode[] = [];
  private readonly tls = makeCertificate(['127.0.0.1']);

  private constructor(private readonly material: BootMaterial) {}

  static async create(): Promise<ProductCluster> {
    const now = new Date();
    const [kubernetesCa, etcdCa, frontProxyCa, serviceAccountKey] = await Promise.all([createCa('kubernetes', { now }), createCa('etcd-ca', { now }), createCa('front-proxy-ca', { now }), createServiceAccountKey()]);
    return new ProductCluster({
      controlPlaneEndpoint: `${controlAddress}:6443`,
      apiServerNames: [controlAddress],
      kubernetesCa,
      etcdCa,
      frontProxyCa,
      serviceAccountKey,
      caCertHash: caCertHash(kubernetesCa.certificatePem),
      bootstrapTokens: [{ token: 'abcdef.0123456789abcdef', description: 'nodes of a test', expiresAt: new Date(now.getTime() + 3_600_000).toISOString() }],
      nodeAddress: controlAddress,
    });
  }

  /** A server that boots as this node; a control plane has the etcd volume attached. */
  async node(id: string, role: NodeRole, bootMode: BootMode, address: string, dockerVolumeId = ''): Promise<ProductNode> {
    const isControlPlane = role === 'control-plane';
    const spec = clusterSpec();
    const node = nodeSpec(role, bootMode, { nodeId: `00000000-0000-4000-8000-${id.padStart(12, '0').slice(-12)}`, nodeName: `demo-${id}`, nodeApiCaPem: this.tls.certPem, group: group(role, { dockerVolumeSizeGib: dockerVolumeId === '' ? 0 : 10 }) });
    const nodeApi = new NodeApiDouble(this.tls, node);
    const rendered = { ...node, nodeApiUrl: `https://127.0.0.1:${await nodeApi.start()}` };
    nodeApi.payload = payloadText(driver.renderPayload(spec, rendered, { ...this.material, nodeAddress: address }));
    const stack = driver.renderNode(spec, rendered, { infra: infraOutputs, group: groupOutputs, slot: isControlPlane ? slotOutputs : null });
    const text = stack.parameters['user_data'];
    if (typeof text !== 'string') throw new Error('the node has no user-data');
    // Heat's part: the id of the volume that the same stack makes, or nothing.
    const userData = text.replaceAll('@docker-volume-id@', dockerVolumeId);
    const machine = server({ id, name: node.nodeName, addresses: [address], userData, volumes: [...(isControlPlane ? [{ id: etcdVolumeId, device: '/dev/vdb' }] : []), ...(dockerVolumeId === '' ? [] : [{ id: dockerVolumeId, device: '/dev/vdc' }])] });
    const made = { machine, nodeApi };
    this.nodes.push(made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map(({ nodeApi }) => nodeApi.stop()));
  }
}

/** Cinder's part: the folder that is the disk. */
export const createVolume = (dataDir: string, volumeId: string): void => void mkdirSync(join(dataDir, 'volumes', volumeId), { recursive: true });

export const hasJoined = ({ nodeApi }: ProductNode): boolean => nodeApi.progress.some(({ phase, status }) => phase === 'joined' && status === 'done');
