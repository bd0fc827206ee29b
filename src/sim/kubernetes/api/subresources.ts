import { issueServiceAccountToken } from '../auth/service-account-token.js';
import { copyOf, fieldsOf, textOf, timestamp, valueAt, type Fields, type KubeObject } from '../objects/kube-object.js';
import { resourceId, type ResourceType } from '../resources/resource-type.js';
import type { Pod } from '../objects/workloads.js';
import type { ApiContext } from './api-context.js';
import { conflict, methodNotAllowed } from './status-error.js';

const defaultTokenSeconds = 3_600;

/** What may be created below an object besides evictions: service account tokens and bindings of pods to nodes. */
export function postSubresource(context: ApiContext, type: ResourceType, parent: KubeObject, subresource: string, body: Fields): object {
  switch (subresource) {
    case 'token':
      return tokenRequest(context, parent, body);
    case 'binding':
      return bind(context, type, parent as Pod, body);
    default:
      throw methodNotAllowed();
  }
}

function tokenRequest(context: ApiContext, account: KubeObject, body: Fields): object {
  const spec = fieldsOf(body['spec']);
  const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : defaultTokenSeconds;
  const { token, expires } = issueServiceAccountToken(account, context.serviceAccountPrivateKey, seconds, new Date());
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: account.metadata.name, namespace: account.metadata.namespace },
    spec: { ...spec, expirationSeconds: seconds },
    status: { token, expirationTimestamp: timestamp(expires) },
  };
}

function bind(context: ApiContext, type: ResourceType, pod: Pod, body: Fields): object {
  if (pod.spec.nodeName) throw conflict(type, pod.metadata.name, `pod ${pod.metadata.name} is already assigned to node "${pod.spec.nodeName}"`);
  const bound = copyOf(pod);
  bound.spec.nodeName = textOf(valueAt(body, 'target', 'name')) ?? '';
  context.store.put(resourceId(type), bound);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
