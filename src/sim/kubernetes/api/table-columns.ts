import { fieldsOf, listOf, scalarAt, textOf, valueAt, type Fields, type KubeObject } from '../objects/kube-object.js';
import { conditionOf, type KubeNode, type Pod, type Workload } from '../objects/workloads.js';
import { age, ageColumn, nameColumn, type Cell, type Column } from './table-column.js';

const none = '<none>';

const column = (name: string, cell: (object: KubeObject) => Cell, options: Partial<Column> = {}): Column => ({ name, type: 'string', cell, ...options });
const count = (name: string, cell: (object: KubeObject) => number): Column => column(name, cell, { type: 'integer' });
const wide = (name: string, cell: (object: KubeObject) => Cell): Column => column(name, cell, { wide: true });
const numberAt = (object: KubeObject, ...path: string[]): number => Number(valueAt(object, ...path) ?? 0);
const textAt = (object: KubeObject, ...path: string[]): string => textOf(valueAt(object, ...path)) ?? none;

function nodeStatus(node: KubeNode): string {
  const ready = conditionOf(node, 'Ready');
  const state = ready?.status === 'True' ? 'Ready' : ready ? 'NotReady' : 'Unknown';
  return node.spec.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles({ metadata }: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(prefix)).map((label) => label.slice(prefix.length));
  return roles.sort().join(',') || none;
}

const nodeAddress = (node: KubeNode, type: string): string => node.status.addresses?.find((address) => address.type === type)?.address ?? none;
const nodeInfo = (field: string): ((object: KubeObject) => string) => (node) => textOf(valueAt(node, 'status', 'nodeInfo', field)) ?? '<unknown>';

function podStatus(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const waiting = listOf(pod.status.containerStatuses).map((status) => textOf(valueAt(status, 'state', 'waiting', 'reason'))).find((reason) => reason !== undefined);
  if (pod.status.phase === 'Succeeded') return 'Completed';
  return waiting ?? pod.status.reason ?? pod.status.phase ?? 'Unknown';
}

function podReady(pod: Pod): string {
  const ready = listOf(pod.status.containerStatuses).filter((status) => status['ready'] === true).length;
  return `${ready}/${pod.spec.containers.length}`;
}

const containersOf = (object: KubeObject): Fields[] => listOf(valueAt(object, 'spec', 'template', 'spec', 'containers'));
const containerNames = wide('Containers', (object) => containersOf(object).map(({ name }) => String(name)).join(','));
const containerImages = wide('Images', (object) => containersOf(object).map(({ image }) => String(image)).join(','));
const selector = wide('Selector', (object) => pairs((object as Workload).spec.selector.matchLabels));
const pairs = (labels: Record<string, string> | undefined): string => Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`).join(',') || none;
const dataCount = count('Data', (object) => Object.keys(fieldsOf(object['data'])).length);

function servicePorts(service: KubeObject): string {
  const shown = listOf(valueAt(service, 'spec', 'ports')).map((port) => {
    const [number, nodePort, protocol] = ['port', 'nodePort', 'protocol'].map((field) => scalarAt(port, field));
    return `${number ?? ''}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol ?? 'TCP'}`;
  });
  return shown.join(',') || none;
}

const columns: Record<string, Column[]> = {
  nodes: [
    nameColumn,
    column('Status', (node) => nodeStatus(node as KubeNode), { description: 'Readiness, and whether pods may be scheduled' }),
    column('Roles', nodeRoles, { description: 'Roles by the node-role.kubernetes.io labels' }),
    ageColumn,
    column('Version', nodeInfo('kubeletVersion'), { description: 'Version of the kubelet' }),
    wide('Internal-IP', (node) => nodeAddress(node as KubeNode, 'InternalIP')),
    wide('External-IP', (node) => nodeAddress(node as KubeNode, 'ExternalIP')),
    wide('OS-Image', nodeInfo('osImage')),
    wide('Kernel-Version', nodeInfo('kernelVersion')),
    wide('Container-Runtime', nodeInfo('containerRuntimeVersion')),
  ],
  pods: [
    nameColumn,
    column('Ready', (pod) => podReady(pod as Pod)),
    column('Status', (pod) => podStatus(pod as Pod)),
    column('Restarts', () => '0'),
    ageColumn,
    wide('IP', (pod) => textAt(pod, 'status', 'podIP')),
    wide('Node', (pod) => textAt(pod, 'spec', 'nodeName')),
    wide('Nominated Node', (pod) => textAt(pod, 'status', 'nominatedNodeName')),
    wide('Readiness Gates', () => none),
  ],
  namespaces: [nameColumn, column('Status', (namespace) => textAt(namespace, 'status', 'phase')), ageColumn],
  'daemonsets.apps': [
    nameColumn,
    count('Desired', (set) => numberAt(set, 'status', 'desiredNumberScheduled')),
    count('Current', (set) => numberAt(set, 'status', 'currentNumberScheduled')),
    count('Ready', (set) => numberAt(set, 'status', 'numberReady')),
    count('Up-to-date', (set) => numberAt(set, 'status', 'updatedNumberScheduled')),
    count('Available', (set) => numberAt(set, 'status', 'numberAvailable')),
    column('Node Selector', (set) => pairs((set as Workload).spec.template.spec.nodeSelector)),
    ageColumn,
    containerNames,
    containerImages,
    selector,
  ],
  'deployments.apps': [
    nameColumn,
    column('Ready', (deployment) => `${numberAt(deployment, 'status', 'readyReplicas')}/${numberAt(deployment, 'spec', 'replicas')}`),
    count('Up-to-date', (deployment) => numberAt(deployment, 'status', 'updatedReplicas')),
    count('Available', (deployment) => numberAt(deployment, 'status', 'availableReplicas')),
    ageColumn,
    containerNames,
    containerImages,
    selector,
  ],
  'replicasets.apps': [
    nameColumn,
    count('Desired', (set) => numberAt(set, 'spec', 'replicas')),
    count('Current', (set) => numberAt(set, 'status', 'replicas')),
    count('Ready', (set) => numberAt(set, 'status', 'readyReplicas')),
    ageColumn,
    containerNames,
    containerImages,
    selector,
  ],
  'statefulsets.apps': [
    nameColumn,
    column('Ready', (set) => `${numberAt(set, 'status', 'readyReplicas')}/${numberAt(set, 'spec', 'replicas')}`),
    ageColumn,
    containerNames,
    containerImages,
  ],
  'jobs.batch': [
    nameColumn,
    column('Status', (job) => (conditionOf(job as Workload & { status: Fields }, 'Complete') ? 'Complete' : 'Running')),
    column('Completions', (job) => `${numberAt(job, 'status', 'succeeded')}/${numberAt(job, 'spec', 'completions')}`),
    ageColumn,
  ],
  services: [
    nameColumn,
    column('Type', (service) => textAt(service, 'spec', 'type')),
    column('Cluster-IP', (service) => textAt(service, 'spec', 'clusterIP')),
    column('External-IP', () => none),
    column('Port(s)', servicePorts),
    ageColumn,
    wide('Selector', (service) => pairs(valueAt(service, 'spec', 'selector') as Record<string, string> | undefined)),
  ],
  configmaps: [nameColumn, dataCount, ageColumn],
  secrets: [nameColumn, column('Type', (secret) => String(secret['type'])), dataCount, ageColumn],
  serviceaccounts: [nameColumn, count('Secrets', (account) => listOf(account['secrets']).length), ageColumn],
  events: [
    column('Last Seen', (event) => age(textOf(event['lastTimestamp']))),
    column('Type', (event) => String(event['type'])),
    column('Reason', (event) => String(event['reason'])),
    column('Object', (event) => `${textAt(event, 'involvedObject', 'kind').toLowerCase()}/${textAt(event, 'involvedObject', 'name')}`),
    column('Message', (event) => String(event['message'])),
  ],
  'poddisruptionbudgets.policy': [
    nameColumn,
    column('Min Available', (budget) => scalarAt(budget, 'spec', 'minAvailable') ?? 'N/A'),
    column('Max Unavailable', (budget) => scalarAt(budget, 'spec', 'maxUnavailable') ?? 'N/A'),
    count('Allowed Disruptions', (budget) => numberAt(budget, 'status', 'disruptionsAllowed')),
    ageColumn,
  ],
  'leases.coordination.k8s.io': [nameColumn, column('Holder', (lease) => textAt(lease, 'spec', 'holderIdentity')), ageColumn],
};

/** The columns of a resource, or undefined when name and age are all there is to show. */
export function columnsOf(resource: string): Column[] | undefined {
  return columns[resource];
}
