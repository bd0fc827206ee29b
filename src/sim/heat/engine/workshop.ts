import type { SimContext } from '../../sim-context.js';
import type { Cloud } from '../cloud/cloud.js';
import type { ResourceRecord, StackRecord } from '../stack/records.js';
import type { StackStore } from '../stack/stack-store.js';
import type { NestedStackDesk } from '../types/resource-type.js';
import type { HeatFaults } from './heat-faults.js';

/** What the engine's parts work with. */
export interface Workshop {
  context: SimContext;
  store: StackStore;
  faults: HeatFaults;
  cloudOf(stack: StackRecord): Cloud;
  nestedOf(stack: StackRecord, record: ResourceRecord): NestedStackDesk;
  /** Starts the action that the stack's record names, breaking off what was under way. */
  start(stackId: string): void;
}
