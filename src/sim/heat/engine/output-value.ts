import type { OutputDefinition } from '../hot/template.js';
import type { StackRecord } from '../stack/records.js';
import type { StackModel } from '../stack/stack-model.js';
import { readerFor } from './resource-reader.js';
import type { Workshop } from './workshop.js';

/** An output as it is now; null when its condition does not hold. Throws EvaluationError and what reading attributes throws. */
export async function outputValue(shop: Workshop, stack: StackRecord, model: StackModel, output: OutputDefinition): Promise<unknown> {
  if (!model.holds(output.condition)) return null;
  const reader = await readerFor(shop, stack, model, output.value);
  return model.evaluate(output.value, reader) ?? null;
}
