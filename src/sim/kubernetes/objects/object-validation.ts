import { invalid, type StatusCause } from '../api/status-error.js';
import type { ResourceType } from '../resources/resource-type.js';
import { fieldsOf, isFields, listOf, textOf, valueAt, type KubeObject } from './kube-object.js';
import { matchesSelector } from './label-selector.js';

type Cause = Required<StatusCause>;

const required = (field: string): Cause => ({ reason: 'FieldValueRequired', message: 'Required value', field });
const wrong = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});
const unsupported = (field: string, value: unknown, supported: string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((item) => `"${item}"`).join(', ')}`,
  field,
});

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
/** RBAC names may be paths; every other name here is a DNS subdomain of at most 253 characters. */
const subdomain = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** @throws StatusError 422 naming every field that the real server would refuse, so far as this one looks. */
export function validateObject(type: ResourceType, object: KubeObject): void {
  const causes = [...nameProblems(type, object), ...labelProblems(object), ...(checks[object.kind]?.(object) ?? [])];
  if (causes.length > 0) throw invalid(object.kind, type.group, object.metadata.name, causes);
}

function nameProblems(type: ResourceType, { metadata }: KubeObject): Cause[] {
  if (type.group === 'rbac.authorization.k8s.io') return [];
  if (metadata.name.length <= 253 && subdomain.test(metadata.name)) return [];
  return [wrong('metadata.name', metadata.name, 'must be a lower case RFC 1123 subdomain of at most 253 characters')];
}

function labelProblems({ metadata }: KubeObject): Cause[] {
  const isValid = (value: unknown): boolean => typeof value === 'string' && /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value) && value.length <= 63;
  return Object.values(fieldsOf(metadata.labels))
    .filter((value) => !isValid(value))
    .map((value) => wrong('metadata.labels', value, 'a valid label has at most 63 of A-Za-z0-9-_. and begins and ends with one of A-Za-z0-9'));
}

const checks: Record<string, (object: KubeObject) => Cause[]> = {
  // Kubernetes says metadata.taints, and says it twice; the recordings show both.
  Node: (node) =>
    listOf(valueAt(node, 'spec', 'taints')).flatMap(({ effect }, index) => {
      if (typeof effect === 'string' && taintEffects.includes(effect)) return [];
      const cause = unsupported(`metadata.taints[${index}].effect`, effect, taintEffects);
      return [cause, cause];
    }),
  Pod: (pod) => containerProblems(pod['spec'], 'spec'),
  Deployment: templateProblems,
  DaemonSet: templateProblems,
  ReplicaSet: templateProblems,
  StatefulSet: templateProblems,
  Job: (job) => containerProblems(valueAt(job, 'spec', 'template', 'spec'), 'spec.template.spec'),
  PodDisruptionBudget: budgetProblems,
};

function containerProblems(spec: unknown, field: string): Cause[] {
  const containers = listOf(fieldsOf(spec)['containers']);
  if (containers.length === 0) return [required(`${field}.containers`)];
  return containers.flatMap(({ name, image }, index) => [
    ...(textOf(name) ? [] : [required(`${field}.containers[${index}].name`)]),
    ...(textOf(image) ? [] : [required(`${field}.containers[${index}].image`)]),
  ]);
}

function templateProblems(workload: KubeObject): Cause[] {
  const selector = valueAt(workload, 'spec', 'selector');
  const labels = valueAt(workload, 'spec', 'template', 'metadata', 'labels');
  if (!isFields(selector)) return [required('spec.selector')];
  const selects = matchesSelector(fieldsOf(labels) as Record<string, string>, selector);
  return [
    ...(selects ? [] : [wrong('spec.template.metadata.labels', labels ?? {}, '`selector` does not match template `labels`')]),
    ...containerProblems(valueAt(workload, 'spec', 'template', 'spec'), 'spec.template.spec'),
  ];
}

function budgetProblems(budget: KubeObject): Cause[] {
  const { minAvailable, maxUnavailable } = fieldsOf(budget['spec']);
  if (minAvailable === undefined || maxUnavailable === undefined) return [];
  return [wrong('spec', { minAvailable, maxUnavailable }, 'minAvailable and maxUnavailable cannot be both set')];
}
