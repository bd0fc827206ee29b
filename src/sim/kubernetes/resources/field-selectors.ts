import { badRequest } from '../api/status-error.js';
import { scalarAt, type KubeObject } from '../objects/kube-object.js';

export interface FieldRequirement {
  field: string;
  equal: boolean;
  value: string;
}

/** Beyond metadata.name and metadata.namespace, which every resource can be selected by. */
const selectableFields: Record<string, readonly string[]> = {
  pods: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  events: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((field) => `involvedObject.${field}`),
    ...['reason', 'reportingComponent', 'source', 'type'],
  ],
  'jobs.batch': ['status.successful'],
  'replicasets.apps': ['status.replicas'],
  'certificatesigningrequests.certificates.k8s.io': ['spec.signerName'],
};

/** Parses `fieldSelector`. @throws StatusError 400 for a field that the resource cannot be selected by. */
export function parseFieldSelector(resource: string, text: string): FieldRequirement[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const parsed = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
      if (!parsed) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      const [, field = '', operator, value = ''] = parsed;
      const isSelectable = field === 'metadata.name' || field === 'metadata.namespace' || selectableFields[resource]?.includes(field);
      if (!isSelectable) throw badRequest(`field label not supported: ${field}`);
      return { field, equal: operator !== '!=', value };
    });
}

export function matchesFields(object: KubeObject, requirements: readonly FieldRequirement[]): boolean {
  return requirements.every(({ field, equal, value }) => {
    const text = scalarAt(object, ...field.split('.')) ?? absentAs(field);
    return (text === value) === equal;
  });
}

/** Booleans that are left out are false. */
const absentAs = (field: string): string => (field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? 'false' : '');
