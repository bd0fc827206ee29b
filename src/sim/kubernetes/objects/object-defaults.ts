import { fieldsOf, isFields, listOf, type Fields, type KubeObject } from './kube-object.js';

/**
 * Fills in what the API server fills in, so far as clients and controllers look at it. Works on the object itself,
 * which must be the caller's own copy.
 */
export function applyDefaults(object: KubeObject): void {
  const spec = fieldsOf(object['spec']);
  switch (object.kind) {
    case 'Pod':
      defaultPodSpec(spec);
      break;
    case 'Deployment':
      defaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
      spec['strategy'] ??= { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } };
      defaultTemplate(spec);
      break;
    case 'ReplicaSet':
      defaults(spec, { replicas: 1 });
      defaultTemplate(spec);
      break;
    case 'StatefulSet':
      defaults(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
      spec['updateStrategy'] ??= { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
      defaultTemplate(spec);
      break;
    case 'DaemonSet':
      defaults(spec, { revisionHistoryLimit: 10 });
      spec['updateStrategy'] ??= { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
      defaultTemplate(spec);
      break;
    case 'Job':
      defaults(spec, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false });
      defaultTemplate(spec);
      break;
    case 'Service':
      defaults(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
      for (const port of listOf(spec['ports'])) defaults(port, { protocol: 'TCP', targetPort: port['port'] });
      break;
    case 'Node':
      // Go leaves false out; clients must not find a field that they would not find on a real server.
      if (spec['unschedulable'] === false) delete spec['unschedulable'];
      break;
    case 'Namespace':
      spec['finalizers'] ??= ['kubernetes'];
      object['spec'] = spec;
      object['status'] ??= { phase: 'Active' };
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
      break;
    case 'Secret':
      object['type'] ??= 'Opaque';
      moveStringData(object);
      break;
    case 'StorageClass':
      object['reclaimPolicy'] ??= 'Delete';
      object['volumeBindingMode'] ??= 'Immediate';
      break;
    default:
  }
  if (isFields(object['spec'])) object['spec'] = spec;
}

function defaults(target: Fields, values: Fields): void {
  for (const [field, value] of Object.entries(values)) target[field] ??= value;
}

function defaultTemplate(spec: Fields): void {
  const template = fieldsOf(spec['template']);
  const podSpec = fieldsOf(template['spec']);
  defaultTemplateSpec(podSpec);
  spec['template'] = { metadata: {}, ...template, spec: podSpec };
}

function defaultTemplateSpec(spec: Fields): void {
  defaults(spec, { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' });
  spec['securityContext'] ??= {};
  for (const container of [...listOf(spec['containers']), ...listOf(spec['initContainers'])]) defaultContainer(container);
}

function defaultContainer(container: Fields): void {
  const image = typeof container['image'] === 'string' ? container['image'] : '';
  const isMoving = image.endsWith(':latest') || !/[:@][^/]*$/.test(image);
  defaults(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isMoving ? 'Always' : 'IfNotPresent',
  });
  for (const port of listOf(container['ports'])) defaults(port, { protocol: 'TCP' });
}

const evictAfter = (key: string): Fields => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });

/** What admission adds to every pod: it may stay 300 s on a node that is not ready or unreachable. */
function defaultPodSpec(spec: Fields): void {
  defaultTemplateSpec(spec);
  defaults(spec, { serviceAccountName: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority', enableServiceLinks: true });
  spec['serviceAccount'] = spec['serviceAccountName'];
  const tolerations = listOf(spec['tolerations']);
  const tolerates = (key: string): boolean =>
    tolerations.some((toleration) => (toleration['key'] ?? key) === key && (toleration['effect'] ?? 'NoExecute') === 'NoExecute');
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter((key) => !tolerates(key));
  spec['tolerations'] = [...tolerations, ...missing.map(evictAfter)];
}

function moveStringData(secret: KubeObject): void {
  const plain = fieldsOf(secret['stringData']);
  if (Object.keys(plain).length === 0) return;
  const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
  secret['data'] = { ...fieldsOf(secret['data']), ...Object.fromEntries(encoded) };
  delete secret['stringData'];
}
