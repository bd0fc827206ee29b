import type { Collection, Journal } from '../../journal.js';
import { newUuid } from '../../ids.js';
import type { JsonObject } from '../../json.js';
import { heatTime, type EventRecord, type PropertiesRecord, type ResourceRecord, type StackRecord } from './records.js';

/** Heat keeps this many events a stack. */
const eventsKept = 1000;
/** Deleted stacks can still be shown; the simulator forgets them when there are more of them than this. */
const deletedKept = 200;
/** Reasons of events are cut to the width of their column. */
const eventReasonLength = 255;

/** Stacks with their resources and events, journaled, and found without walking through everything. */
export class StackStore {
  private readonly stackCollection: Collection<StackRecord>;
  private readonly resourceCollection: Collection<ResourceRecord>;
  private readonly propertiesCollection: Collection<PropertiesRecord>;
  private readonly eventCollection: Collection<EventRecord>;
  private readonly resourcesByStack = new Map<string, Map<string, ResourceRecord>>();
  private readonly eventsByStack = new Map<string, EventRecord[]>();
  private sequence = 0;

  constructor(journal: Journal) {
    this.stackCollection = journal.collection('heat.stacks');
    this.resourceCollection = journal.collection('heat.resources');
    this.propertiesCollection = journal.collection('heat.properties');
    this.eventCollection = journal.collection('heat.events');
    for (const resource of this.resourceCollection.values()) this.resourceMap(resource.stackId).set(resource.id, resource);
    for (const event of this.eventCollection.values()) this.eventList(event.stackId).push(event);
    for (const events of this.eventsByStack.values()) events.sort((one, other) => one.sequence - other.sequence);
    this.sequence = Math.max(0, ...this.stackCollection.values().map((stack) => stack.sequence), ...this.eventCollection.values().map((event) => event.sequence));
  }

  nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }

  stack(id: string): StackRecord | undefined {
    return this.stackCollection.get(id);
  }

  stacks(): StackRecord[] {
    return this.stackCollection.values();
  }

  putStack(stack: StackRecord): void {
    this.stackCollection.put(stack);
    if (stack.deletedAt !== null) this.forgetOldStacks();
  }

  /** Every resource of the stack, replaced ones that still wait for their removal included. */
  resources(stackId: string): ResourceRecord[] {
    return [...(this.resourcesByStack.get(stackId)?.values() ?? [])];
  }

  resource(stackId: string, name: string): ResourceRecord | undefined {
    return this.resources(stackId).find((resource) => resource.name === name && !resource.isReplaced);
  }

  putResource(resource: ResourceRecord): void {
    this.resourceCollection.put(resource);
    this.resourceMap(resource.stackId).set(resource.id, resource);
  }

  dropResource(resource: ResourceRecord): void {
    this.resourceCollection.delete(resource.id);
    this.resourceMap(resource.stackId).delete(resource.id);
  }

  properties(resourceId: string): JsonObject {
    return this.propertiesCollection.get(resourceId)?.properties ?? {};
  }

  putProperties(resource: ResourceRecord, properties: JsonObject): void {
    this.propertiesCollection.put({ id: resource.id, stackId: resource.stackId, properties });
  }

  /** True for a physical id that some resource of any stack has. */
  isOwned(physicalId: string): boolean {
    return this.resourceCollection.find((resource) => resource.physicalId === physicalId) !== undefined;
  }

  /** Oldest first. */
  events(stackId: string): EventRecord[] {
    return this.eventsByStack.get(stackId) ?? [];
  }

  addEvent(event: Omit<EventRecord, 'id' | 'sequence' | 'time'>): void {
    const record: EventRecord = {
      ...event,
      id: newUuid(),
      sequence: this.nextSequence(),
      time: heatTime(new Date()),
      reason: event.reason.slice(0, eventReasonLength),
    };
    const events = this.eventList(event.stackId);
    events.push(this.eventCollection.put(record));
    if (events.length <= eventsKept) return;
    const [oldest] = events.splice(0, 1);
    if (oldest) this.eventCollection.delete(oldest.id);
  }

  private forgetOldStacks(): void {
    const deleted = this.stackCollection.filter((stack) => stack.deletedAt !== null).sort((one, other) => other.sequence - one.sequence);
    for (const stack of deleted.slice(deletedKept)) {
      for (const event of this.events(stack.id)) this.eventCollection.delete(event.id);
      for (const properties of this.propertiesCollection.filter((each) => each.stackId === stack.id)) this.propertiesCollection.delete(properties.id);
      this.eventsByStack.delete(stack.id);
      this.resourcesByStack.delete(stack.id);
      this.stackCollection.delete(stack.id);
    }
  }

  private resourceMap(stackId: string): Map<string, ResourceRecord> {
    const map = this.resourcesByStack.get(stackId) ?? new Map<string, ResourceRecord>();
    this.resourcesByStack.set(stackId, map);
    return map;
  }

  private eventList(stackId: string): EventRecord[] {
    const list = this.eventsByStack.get(stackId) ?? [];
    this.eventsByStack.set(stackId, list);
    return list;
  }
}
