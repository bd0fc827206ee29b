import type { KubeObject } from '../objects/kube-object.js';
import { matchesRequirements, parseLabelSelector, type LabelRequirement } from '../objects/label-selector.js';
import { matchesFields, parseFieldSelector } from '../resources/field-selectors.js';
import { resourceId, type ResourceType } from '../resources/resource-type.js';
import type { RequestInfo } from './request-info.js';
import { badRequest } from './status-error.js';

export interface Selection {
  matches: (object: KubeObject) => boolean;
  /** False when labels or fields narrow it down: such lists do not count what remains. */
  isEverything: boolean;
}

/** The namespace, labelSelector and fieldSelector of a request. @throws StatusError 400 for what cannot be parsed. */
export function selectionOf(type: ResourceType, { query, namespace, name }: RequestInfo): Selection {
  const fields = parseFieldSelector(resourceId(type), query.get('fieldSelector') ?? '');
  const labels = labelRequirements(query.get('labelSelector') ?? '');
  return {
    isEverything: fields.length === 0 && labels.length === 0,
    matches: (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      matchesRequirements(object.metadata.labels, labels) &&
      matchesFields(object, fields),
  };
}

function labelRequirements(text: string): LabelRequirement[] {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}
