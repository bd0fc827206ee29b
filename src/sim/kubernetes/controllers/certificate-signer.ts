import { subjectOf, signClientRequest, type ClusterPki } from '../kubeadm/pki.js';
import { fieldsOf, textOf, timestamp, valueAt, type KubeObject } from '../objects/kube-object.js';
import type { StoredChange } from '../store/object-store.js';
import type { Controller, ControllerContext } from './controller.js';

const id = 'certificatesigningrequests.certificates.k8s.io';
const kubeletSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
/** Groups whose requests kubeadm lets the controller manager approve by itself: joining nodes and renewing ones. */
const trusted = ['system:bootstrappers:kubeadm:default-node-token', 'system:nodes'];

/** Approves and signs what joining kubelets ask for; everything else waits for somebody's approval, for ever. */
export class CertificateSigner implements Controller {
  constructor(
    private readonly context: ControllerContext,
    private readonly pki: Pick<ClusterPki, 'caPem' | 'caKey'>,
  ) {
    for (const request of context.store.values(id)) void this.consider(request);
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === id && type !== 'DELETED') void this.consider(object);
  }

  stop(): void {
    // Signatures under way take milliseconds and write to a store that nobody reads any more.
  }

  private async consider(request: KubeObject): Promise<void> {
    const spec = fieldsOf(request['spec']);
    if (spec['signerName'] !== kubeletSigner || valueAt(request, 'status', 'certificate') !== undefined) return;
    try {
      const pem = Buffer.from(textOf(spec['request']) ?? '', 'base64').toString('utf8');
      const { commonName, organizations } = subjectOf(pem);
      const groups = Array.isArray(spec['groups']) ? spec['groups'] : [];
      const isNode = commonName.startsWith('system:node:') && organizations.length === 1 && organizations[0] === 'system:nodes';
      const isRenewal = !groups.includes('system:nodes') || spec['username'] === commonName;
      if (!isNode || !isRenewal || !trusted.some((group) => groups.includes(group))) return;
      this.publish(request, await signClientRequest(this.pki, pem));
    } catch (error) {
      this.context.log('Certificate request refused', { request: request.metadata.name, error: error instanceof Error ? error.message : String(error) });
    }
  }

  private publish(request: KubeObject, certificatePem: string): void {
    const at = timestamp();
    const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message: 'kubelet client certificate', lastUpdateTime: at, lastTransitionTime: at };
    this.context.writer.change(this.context.catalogue.byId(id), request, (copy) => {
      copy['status'] = { conditions: [approved], certificate: Buffer.from(certificatePem).toString('base64') };
    });
  }
}
