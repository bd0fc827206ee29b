import { fieldSetOf } from '../apply/field-set.js';
import { entryFor } from '../apply/managed-fields.js';
import { isAllowed } from '../auth/authorization.js';
import type { User } from '../auth/user.js';
import { fieldsOf, isFields, textOf, type Fields } from '../objects/kube-object.js';
import type { ObjectStore } from '../store/object-store.js';
import { accessReviews } from './discovery.js';
import type { RequestInfo } from './request-info.js';
import { methodNotAllowed, notFound } from './status-error.js';

/** Answers SelfSubjectAccessReview and SubjectAccessReview: may this user do that? */
export function reviewAccess(store: ObjectStore, user: User, info: RequestInfo, body: Fields, managerName: string): object {
  const review = accessReviews.find(({ plural }) => plural === info.plural);
  if (!review) throw notFound({ group: info.group, plural: info.plural }, '');
  if (info.verb !== 'create' || info.name !== undefined) throw methodNotAllowed();
  const spec = fieldsOf(body['spec']);
  const subject = review.kind === 'SelfSubjectAccessReview' ? user : { name: textOf(spec['user']) ?? '', groups: Array.isArray(spec['groups']) ? spec['groups'].map(String) : [] };
  const allowed = isAllowed(store, subject, accessOf(spec));
  const apiVersion = 'authorization.k8s.io/v1';
  const managedFields = [entryFor({ name: managerName, apiVersion }, 'Update', fieldSetOf(review.kind, { spec }))];
  return { kind: review.kind, apiVersion, metadata: { creationTimestamp: null, managedFields }, spec, status: { allowed } };
}

function accessOf(spec: Fields): Parameters<typeof isAllowed>[2] {
  const resource = spec['resourceAttributes'];
  const text = (field: string): string => textOf(fieldsOf(resource)[field]) ?? '';
  const optional = (field: string, as: string): object => (text(field) === '' ? {} : { [as]: text(field) });
  if (!isFields(resource)) {
    const { path, verb } = fieldsOf(spec['nonResourceAttributes']);
    return { isResource: false, path: textOf(path) ?? '', verb: textOf(verb) ?? '', group: '', plural: '' };
  }
  return {
    ...{ isResource: true, path: '', verb: text('verb'), group: text('group'), plural: text('resource') },
    ...optional('namespace', 'namespace'),
    ...optional('name', 'name'),
    ...optional('subresource', 'subresource'),
  };
}
