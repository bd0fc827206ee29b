import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../json.js';
import { CloudRefusal, isConflict } from '../cloud/cloud-refusal.js';
import type { Cloud } from '../cloud/cloud.js';
import { customChecks } from '../cloud/custom-checks.js';
import type { ResourceDefinition } from '../hot/template.js';
import { checkProperties } from '../schema/check-properties.js';
import { heatTime, type Action, type ResourceRecord, type StackRecord, type Status } from '../stack/records.js';
import type { StackModel } from '../stack/stack-model.js';
import { evaluateProperty } from '../stack/validate-stack.js';
import { ResourceFailure, type ResourceType } from '../types/resource-type.js';
import { failureReason } from './failure-reason.js';
import { Interruption, pause, pollUntil, refuseInterrupted, untilInterrupted } from './interruption.js';
import { callOf, readerFor, typeOfRecord } from './resource-reader.js';
import type { Workshop } from './workshop.js';

/** Real Heat tries for more than a minute; here whoever waits for DELETE_FAILED should not have to. */
const conflictRetries = 10;
const conflictPauseMs = 250;
/** Real Heat looks once a second whether a load balancer can be changed again; ours are sooner done. */
const busyPauseMs = 50;

/** A resource's failure; the message is its `resource_status_reason`. */
export class ResourceWorkFailed extends Error {}

/** The work on one resource: every state is journaled before the next step, so that a restart knows where it stood. */
export class ResourceWork {
  private readonly cloud: Cloud;
  private readonly type: ResourceType;

  constructor(
    private readonly shop: Workshop,
    private readonly stack: StackRecord,
    private record: ResourceRecord,
    private readonly signal: AbortSignal,
  ) {
    this.cloud = shop.cloudOf(stack);
    this.type = typeOfRecord(stack, record);
  }

  /** Makes the resource, or goes on making it after a restart. */
  create(model: StackModel, definition: ResourceDefinition): Promise<void> {
    const isResumed = this.record.action === 'CREATE' && this.record.status === 'IN_PROGRESS';
    return this.act('CREATE', isResumed, async () => {
      const properties = await this.evaluate(model, definition);
      this.shop.store.putProperties(this.record, properties);
      await this.fail('CREATE', 'before');
      const id = await this.makeOnce(properties, isResumed);
      const call = callOf(this.shop, this.stack, this.record, properties);
      await this.type.complete?.(call, id);
      await pollUntil(async () => (await this.type.isCreated?.(call, id)) ?? true, this.signal);
      await this.fail('CREATE', 'after');
    });
  }

  /** Applies changed properties in place. */
  update(properties: JsonObject, changed: JsonObject): Promise<void> {
    return this.act('UPDATE', false, async () => {
      await this.fail('UPDATE', 'before');
      const call = callOf(this.shop, this.stack, this.record, properties);
      const isDone = (await this.askStubbornly(async () => this.type.update?.(call, this.record.physicalId ?? '', changed))) ?? false;
      if (!isDone) throw new ResourceFailure('NotSupported', `Changing ${Object.keys(changed).join(', ')} in place is not part of the simulated Heat.`);
      await pollUntil(async () => (await this.type.isUpdated?.(call, this.record.physicalId ?? '')) ?? true, this.signal);
      this.shop.store.putProperties(this.record, properties);
      await this.fail('UPDATE', 'after');
    });
  }

  remove(): Promise<void> {
    const isResumed = this.record.action === 'DELETE' && this.record.status === 'IN_PROGRESS';
    return this.act('DELETE', isResumed, async () => {
      await this.fail('DELETE', 'before');
      const properties = this.shop.store.properties(this.record.id);
      const call = callOf(this.shop, this.stack, this.record, properties);
      const isOurs = !this.record.isExternal && this.record.deletionPolicy === 'Delete';
      const id = this.record.physicalId ?? (this.record.isAsked && isOurs ? await this.type.findLost(call) : undefined);
      if (id === undefined || !isOurs) return;
      await this.removeStubborn(() => this.type.remove(call, id));
      await pollUntil(async () => (await this.type.isRemoved?.(call, id)) ?? true, this.signal);
      await this.fail('DELETE', 'after');
    });
  }

  /** Evaluated and checked properties, as they are now. */
  async evaluate(model: StackModel, definition: ResourceDefinition): Promise<JsonObject> {
    const reader = await readerFor(this.shop, this.stack, model, definition.properties);
    const path = `resources.${definition.name}.properties`;
    const given: JsonObject = {};
    for (const [name, expression] of Object.entries(definition.properties)) {
      const value = evaluateProperty(model, expression, `${path}.${name}`, reader);
      if (value !== undefined) given[name] = value;
    }
    if (this.type.acceptsAnyProperty) return given;
    const checked = await checkProperties(given, this.type.properties, { path, typeName: this.type.name }, customChecks(this.cloud));
    this.type.check?.(checked, (name) => given[name] !== undefined && given[name] !== null, definition.name);
    return checked;
  }

  /** The properties that differ from what the resource was made with. */
  changedFrom(properties: JsonObject): JsonObject {
    const before = this.shop.store.properties(this.record.id);
    const names = new Set([...Object.keys(before), ...Object.keys(properties)]);
    return Object.fromEntries([...names].filter((name) => !isDeepStrictEqual(before[name], properties[name])).map((name) => [name, properties[name] ?? null]));
  }

  /** Whether the resource needs an update even with the properties that it has. */
  isOutdated(properties: JsonObject): boolean {
    return this.type.isOutdated?.(callOf(this.shop, this.stack, this.record, properties), this.record.physicalId ?? '') ?? false;
  }

  /** Takes over something that is there; nothing is made, and nothing removed later. */
  adopt(externalId: string): void {
    const tell = (status: string, reason: string): void =>
      this.shop.store.addEvent({
        stackId: this.stack.id,
        resourceName: this.record.name,
        resourceId: this.record.id,
        resourceType: this.record.type,
        physicalId: this.record.physicalId ?? this.record.physicalName,
        status,
        reason,
      });
    tell('ADOPT_IN_PROGRESS', 'state changed');
    this.put({ physicalId: externalId, isExternal: true });
    tell('ADOPT_COMPLETE', 'state changed');
    this.enter('CHECK', 'COMPLETE', this.type.name === 'OS::Nova::Server' ? 'state changed' : `CHECK not supported for ${this.type.name}`);
  }

  private async makeOnce(properties: JsonObject, isResumed: boolean): Promise<string> {
    if (this.record.physicalId !== null) return this.record.physicalId;
    const call = callOf(this.shop, this.stack, this.record, properties);
    const lost = isResumed && this.record.isAsked ? await this.type.findLost(call) : undefined;
    if (lost !== undefined) return this.keep(lost);
    refuseInterrupted(this.signal);
    this.put({ isAsked: true });
    try {
      return this.keep(await this.askStubbornly(() => this.type.create(call)));
    } catch (error) {
      // A clear no: nothing was made, so there is nothing to look for later.
      if (error instanceof CloudRefusal && error.status < 500) this.put({ isAsked: false });
      throw error;
    }
  }

  private keep(id: string): string {
    this.put({ physicalId: id });
    return id;
  }

  /** Something may still be letting go of the thing: Heat asks again when it is told of a conflict. */
  private async removeStubborn(remove: () => Promise<void>): Promise<void> {
    await this.retryConflicts(remove, this.type.waitsForConflicts ? Number.POSITIVE_INFINITY : conflictRetries);
  }

  private askStubbornly<T>(ask: () => Promise<T>): Promise<T> {
    return this.retryConflicts(ask, this.type.waitsForConflicts ? Number.POSITIVE_INFINITY : 0);
  }

  private async retryConflicts<T>(ask: () => Promise<T>, retries: number): Promise<T> {
    const pauseMs = this.type.waitsForConflicts ? busyPauseMs : conflictPauseMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (!isConflict(error) || attempt >= retries) throw error;
        await pause(pauseMs, this.signal);
      }
    }
  }

  /** Runs the work with its states, events and the configured time that every resource takes. Throws ResourceWorkFailed or Interruption. */
  private async act(action: Action, isResumed: boolean, work: () => Promise<void>): Promise<void> {
    const began = Date.now();
    if (!isResumed) this.enter(action, 'IN_PROGRESS', 'state changed');
    try {
      await work();
      await pause(this.shop.context.settings.heatResourceMs - (Date.now() - began), this.signal);
    } catch (error) {
      // After a restart the work goes on, so nothing has failed.
      if (error instanceof Interruption && error.because === 'shutting down') throw error;
      const reason = failureReason(action, this.record.name, error);
      if (!(error instanceof Interruption)) this.shop.context.log('resource failed', { stack: this.stack.name, resource: this.record.name, action, reason });
      this.enter(action, 'FAILED', reason);
      throw error instanceof Interruption ? error : new ResourceWorkFailed(reason);
    }
    this.enter(action, 'COMPLETE', 'state changed');
  }

  private async fail(action: 'CREATE' | 'UPDATE' | 'DELETE', when: 'before' | 'after'): Promise<void> {
    const { faults } = this.shop;
    const fault = faults.strike(this.stack.name, this.record.name, action, when);
    if (!fault) return;
    if (!fault.stall) throw new ResourceFailure('ResourceInError', fault.reason);
    faults.markStalled(this.stack.id, true);
    try {
      await untilInterrupted(this.signal);
    } finally {
      faults.markStalled(this.stack.id, false);
    }
  }

  private enter(action: Action, status: Status, reason: string): void {
    this.put({ action, status, reason, updatedAt: heatTime(new Date()) });
    this.shop.store.addEvent({
      stackId: this.stack.id,
      resourceName: this.record.name,
      resourceId: this.record.id,
      resourceType: this.record.type,
      physicalId: this.record.physicalId ?? this.record.physicalName,
      status: `${action}_${status}`,
      reason,
    });
  }

  private put(change: Partial<ResourceRecord>): void {
    this.record = { ...this.record, ...change };
    this.shop.store.putResource(this.record);
  }
}
