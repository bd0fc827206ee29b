import { CloudRefusal } from '../cloud/cloud-refusal.js';
import { NotFindable } from '../cloud/find.js';
import { HeatError, TemplateRefusal } from '../heat-error.js';
import { EvaluationError } from '../hot/function.js';
import type { Action } from '../stack/records.js';
import { NestedFailure, ResourceFailure } from '../types/resource-type.js';
import { Interruption } from './interruption.js';

/** `resource_status_reason` of a resource that failed: exception class, place, text. */
export function failureReason(action: Action, resource: string, error: unknown): string {
  if (error instanceof Interruption) {
    const because = error.because === 'timed out' ? `Task ${action.toLowerCase()} from "${resource}" Timed out` : 'user triggered cancel';
    return `${action} aborted (${because})`;
  }
  if (error instanceof NestedFailure) return nestedReason(resource, error.message);
  const { exception, text } = described(error);
  return `${exception}: resources.${resource}: ${text}`;
}

/** The inner resource's place is put behind the outer one's. */
function nestedReason(resource: string, reason: string): string {
  const inner = reason.replace(/^Resource \w+ failed: /, '');
  const [, exception, place] = /^(\w+): (resources\.[\s\S]*)$/.exec(inner) ?? [];
  return exception === undefined || place === undefined ? `ResourceFailure: resources.${resource}: ${inner}` : `${exception}: resources.${resource}.${place}`;
}

function described(error: unknown): { exception: string; text: string } {
  if (error instanceof CloudRefusal) return { exception: error.exception, text: error.wording };
  if (error instanceof ResourceFailure) return { exception: error.exception, text: error.message };
  if (error instanceof TemplateRefusal) return { exception: 'StackValidationFailed', text: error.wording() };
  if (error instanceof HeatError) return { exception: error.type, text: error.text ?? error.type };
  if (error instanceof NotFindable) return { exception: 'NotFound', text: error.message };
  if (error instanceof EvaluationError) return { exception: 'ValueError', text: error.message };
  if (error instanceof Error) return { exception: error.name === 'Error' ? 'ClientException' : error.name, text: error.message };
  return { exception: 'Exception', text: String(error) };
}
