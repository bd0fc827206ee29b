/** `text`, `number` … or the name of a message; in a list when it repeats. `ignored` fields are the server's own. */
export type FieldType = 'text' | 'base64' | 'number' | 'boolean' | 'quantity' | 'ignored' | { message: string } | { list: FieldType } | { map: FieldType };
export type MessageFields = Record<number, readonly [name: string, type: FieldType]>;

const message = (name: string): FieldType => ({ message: name });
const list = (type: FieldType): FieldType => ({ list: type });
const map = (type: FieldType): FieldType => ({ map: type });
const meta = ['metadata', message('ObjectMeta')] as const;
const status = ['status', 'ignored'] as const;

/**
 * Numbers and names from Kubernetes' published .proto files, of those messages that kubectl's `create …`, `auth can-i`
 * and the like send: from 1.32 on they speak protobuf without being asked. What is not listed is refused, never dropped.
 */
export const messages: Record<string, MessageFields> = {
  ObjectMeta: {
    1: ['name', 'text'],
    2: ['generateName', 'text'],
    3: ['namespace', 'text'],
    8: ['creationTimestamp', 'ignored'],
    11: ['labels', map('text')],
    12: ['annotations', map('text')],
    14: ['finalizers', list('text')],
  },
  Namespace: { 1: meta, 2: ['spec', 'ignored'], 3: status },
  ConfigMap: { 1: meta, 2: ['data', map('text')], 3: ['binaryData', map('base64')], 4: ['immutable', 'boolean'] },
  Secret: { 1: meta, 2: ['data', map('base64')], 3: ['type', 'text'], 4: ['stringData', map('text')] },
  ServiceAccount: { 1: meta },
  PodDisruptionBudget: { 1: meta, 2: ['spec', message('PodDisruptionBudgetSpec')], 3: status },
  PodDisruptionBudgetSpec: { 1: ['minAvailable', message('IntOrString')], 2: ['selector', message('LabelSelector')], 3: ['maxUnavailable', message('IntOrString')] },
  Deployment: { 1: meta, 2: ['spec', message('DeploymentSpec')], 3: status },
  DeploymentSpec: { 1: ['replicas', 'number'], 2: ['selector', message('LabelSelector')], 3: ['template', message('PodTemplateSpec')], 4: ['strategy', message('DeploymentStrategy')] },
  DeploymentStrategy: { 1: ['type', 'text'] },
  Job: { 1: meta, 2: ['spec', message('JobSpec')], 3: status },
  JobSpec: { 6: ['template', message('PodTemplateSpec')] },
  LabelSelector: { 1: ['matchLabels', map('text')] },
  PodTemplateSpec: { 1: meta, 2: ['spec', message('PodSpec')] },
  PodSpec: { 2: ['containers', list(message('Container'))], 3: ['restartPolicy', 'text'], 8: ['serviceAccountName', 'text'], 9: ['serviceAccount', 'text'], 10: ['nodeName', 'text'] },
  Container: {
    1: ['name', 'text'],
    2: ['image', 'text'],
    3: ['command', list('text')],
    4: ['args', list('text')],
    6: ['ports', list(message('ContainerPort'))],
    8: ['resources', message('ResourceRequirements')],
    14: ['imagePullPolicy', 'text'],
  },
  ContainerPort: { 1: ['name', 'text'], 3: ['containerPort', 'number'], 4: ['protocol', 'text'] },
  ResourceRequirements: { 1: ['limits', map('quantity')], 2: ['requests', map('quantity')] },
  Service: { 1: meta, 2: ['spec', message('ServiceSpec')], 3: status },
  ServiceSpec: { 1: ['ports', list(message('ServicePort'))], 2: ['selector', map('text')], 3: ['clusterIP', 'text'], 4: ['type', 'text'], 7: ['sessionAffinity', 'text'] },
  ServicePort: { 1: ['name', 'text'], 2: ['protocol', 'text'], 3: ['port', 'number'], 4: ['targetPort', message('IntOrString')], 5: ['nodePort', 'number'] },
  Role: { 1: meta, 2: ['rules', list(message('PolicyRule'))] },
  ClusterRole: { 1: meta, 2: ['rules', list(message('PolicyRule'))] },
  PolicyRule: { 1: ['verbs', list('text')], 2: ['apiGroups', list('text')], 3: ['resources', list('text')], 4: ['resourceNames', list('text')], 5: ['nonResourceURLs', list('text')] },
  RoleBinding: { 1: meta, 2: ['subjects', list(message('Subject'))], 3: ['roleRef', message('RoleRef')] },
  ClusterRoleBinding: { 1: meta, 2: ['subjects', list(message('Subject'))], 3: ['roleRef', message('RoleRef')] },
  Subject: { 1: ['kind', 'text'], 2: ['apiGroup', 'text'], 3: ['name', 'text'], 4: ['namespace', 'text'] },
  RoleRef: { 1: ['apiGroup', 'text'], 2: ['kind', 'text'], 3: ['name', 'text'] },
  SelfSubjectAccessReview: { 1: meta, 2: ['spec', message('SelfSubjectAccessReviewSpec')], 3: status },
  SelfSubjectAccessReviewSpec: { 1: ['resourceAttributes', message('ResourceAttributes')], 2: ['nonResourceAttributes', message('NonResourceAttributes')] },
  ResourceAttributes: {
    1: ['namespace', 'text'],
    2: ['verb', 'text'],
    3: ['group', 'text'],
    4: ['version', 'text'],
    5: ['resource', 'text'],
    6: ['subresource', 'text'],
    7: ['name', 'text'],
  },
  NonResourceAttributes: { 1: ['path', 'text'], 2: ['verb', 'text'] },
  TokenRequest: { 1: meta, 2: ['spec', message('TokenRequestSpec')], 3: status },
  TokenRequestSpec: { 1: ['audiences', list('text')], 4: ['expirationSeconds', 'number'] },
};
