import { createHmac } from 'node:crypto';
import { parse } from 'yaml';
import type { ScratchRoot } from '../scratch-root.js';
import { publicKeyPin } from './certificates.js';
import { ApiUnreachableError, type ClusterApi } from './cluster-api.js';
import { KubeadmError } from './documents.js';
import { readKubeconfig, type ClusterAccess } from './kubeconfig-files.js';
import type { JoinSettings } from './settings.js';

const CLUSTER_INFO = '/api/v1/namespaces/kube-public/configmaps/cluster-info';
/** kubeadm polls at this pace until the discovery time-out. */
const POLL_MS = 500;

/** Finds the cluster's API and CA as the join configuration says, and proves that they are the right ones. */
export async function discoverCluster(root: ScratchRoot, settings: JoinSettings, apiFor: (access: ClusterAccess) => ClusterApi, signal: AbortSignal): Promise<{ server: string; caPem: string }> {
  if (settings.discoveryFile !== undefined) {
    if (!root.exists(settings.discoveryFile)) throw new KubeadmError(`couldn't validate the identity of the API Server: open ${settings.discoveryFile}: no such file or directory`);
    const { server, caPem } = readKubeconfig(root, settings.discoveryFile);
    if (caPem === undefined) throw new KubeadmError(`couldn't validate the identity of the API Server: ${settings.discoveryFile} names no certificate authority`);
    return { server, caPem };
  }
  const { endpoint = '', token = '' } = settings;
  const server = `https://${endpoint}`;
  const deadline = Date.now() + settings.discoveryMs;
  for (;;) {
    const outcome = await readClusterInfo(apiFor({ server, caPem: undefined }), token);
    if ('kubeconfig' in outcome) return { server, caPem: await trustedCa(outcome.kubeconfig, server, settings, apiFor) };
    if (Date.now() + POLL_MS > deadline) throw new KubeadmError(`error execution phase preflight: couldn't validate the identity of the API Server: ${outcome.because}`);
    await pause(POLL_MS, signal);
  }
}

/** One anonymous look: the signed kubeconfig of the cluster, or why it cannot be used yet. */
async function readClusterInfo(api: ClusterApi, token: string): Promise<{ kubeconfig: string } | { because: string }> {
  const [id = '', secret = ''] = token.split('.');
  try {
    const { status, body } = await api.get<{ data?: Record<string, string> }>(CLUSTER_INFO);
    const { kubeconfig, ...rest } = body.data ?? {};
    if (status !== 200 || kubeconfig === undefined) return { because: `failed to request the cluster-info ConfigMap: status ${status}` };
    const signature = rest[`jws-kubeconfig-${id}`];
    const isSigned = Object.keys(rest).some((key) => key.startsWith('jws-kubeconfig-'));
    // A cluster without a bootstrap signer: the token proves itself with the first authenticated request.
    if (!isSigned) return { kubeconfig };
    if (signature === undefined) return { because: `could not find a JWS signature in the cluster-info ConfigMap for token ID "${id}"` };
    if (!signatureIsValid(signature, kubeconfig, id, secret)) throw new KubeadmError(`error execution phase preflight: couldn't validate the identity of the API Server: failed to verify JWS signature of the cluster-info ConfigMap: the token is wrong`);
    return { kubeconfig };
  } catch (error) {
    if (error instanceof ApiUnreachableError) return { because: `failed to request the cluster-info ConfigMap: ${error.message}` };
    throw error;
  }
}

/** A detached JWS (RFC 7515, appendix F) with HS256 whose key is the token's secret and whose key id its id. */
function signatureIsValid(jws: string, content: string, tokenId: string, secret: string): boolean {
  const [header = '', , signature = ''] = jws.split('.');
  const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { kid?: string; alg?: string };
  const expected = createHmac('sha256', secret).update(`${header}.${Buffer.from(content).toString('base64url')}`).digest('base64url');
  return alg === 'HS256' && kid === tokenId && expected === signature;
}

async function trustedCa(kubeconfig: string, server: string, settings: JoinSettings, apiFor: (access: ClusterAccess) => ClusterApi): Promise<string> {
  const parsed = parse(kubeconfig) as { clusters?: { cluster?: { 'certificate-authority-data'?: string } }[] } | null;
  const caPem = Buffer.from(parsed?.clusters?.[0]?.cluster?.['certificate-authority-data'] ?? '', 'base64').toString('utf8');
  if (caPem === '') throw new KubeadmError('cluster CA found in cluster-info ConfigMap is invalid: it is empty');
  const pin = await publicKeyPin(caPem);
  if (!settings.skipCaVerification && !settings.caCertHashes.includes(pin))
    throw new KubeadmError(`error execution phase preflight: couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${pin}" are pinned`);
  try {
    // The second request trusts that CA only: an API server with another one is not the pinned cluster's.
    await apiFor({ server, caPem }).get(CLUSTER_INFO);
  } catch (error) {
    if (error instanceof ApiUnreachableError) throw new KubeadmError(`error execution phase preflight: couldn't validate the identity of the API Server: ${error.message}`);
    throw error;
  }
  return caPem;
}

/** Waits, or rejects when the command's process is gone. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new KubeadmError('interrupted'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
