import { isNotFound } from '../cloud/cloud-refusal.js';
import { customChecks } from '../cloud/custom-checks.js';
import type { StackRecord } from '../stack/records.js';
import type { CloudChecks } from '../stack/validate-stack.js';
import { callOf } from './resource-reader.js';
import { newResource } from './state-changes.js';
import type { Workshop } from './workshop.js';

/** Checks that ask the cloud, on behalf of the stack's user. */
export function cloudChecks(shop: Workshop, stack: StackRecord): CloudChecks {
  return {
    custom: customChecks(shop.cloudOf(stack)),
    exists: async (type, definition, id) => {
      try {
        await type.show(callOf(shop, stack, newResource(stack, definition, []), {}), id);
        return true;
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    },
  };
}
