import { pythonStr } from '../../python-repr.js';
import type { ResourceDefinition } from '../hot/template.js';
import type { Action, ResourceRecord, StackRecord, Status } from '../stack/records.js';
import { nothingYet, StackModel } from '../stack/stack-model.js';
import { everything } from '../types/registry.js';
import { Interruption, type InterruptionCause } from './interruption.js';
import { ResourceWork, ResourceWorkFailed } from './resource-work.js';
import { enterStack, newResource } from './state-changes.js';
import { walk } from './walk.js';
import type { Workshop } from './workshop.js';

/** Heat's stack_action_timeout, used when a stack names none (or 0). */
const defaultTimeoutSeconds = 3600;

/** One action of one stack, from its beginning (or from where a restart finds it) to its end. */
export class StackRun {
  private readonly abort = new AbortController();
  private readonly timer: NodeJS.Timeout;
  /** Resolves when nothing of this run goes on any more. */
  readonly over: Promise<void>;

  constructor(
    private readonly shop: Workshop,
    private readonly stackId: string,
    /** The run before, whose work must have come to rest. */
    previous: Promise<void>,
  ) {
    const { timeoutMins, startedAt } = this.stack;
    const seconds = timeoutMins === null || timeoutMins === 0 ? defaultTimeoutSeconds : timeoutMins * 60;
    // setTimeout counts in 31 bits; nobody waits for longer than that.
    const ms = Math.min(Date.parse(startedAt) + seconds * 1000 - Date.now(), 2 ** 31 - 1);
    this.timer = setTimeout(() => this.timeOut(), Math.max(ms, 0));
    this.timer.unref();
    this.over = previous.then(() => this.run()).finally(() => clearTimeout(this.timer));
  }

  interrupt(because: InterruptionCause): void {
    if (!this.abort.signal.aborted) this.abort.abort(new Interruption(because));
  }

  /** An engine that died counts no time either. */
  private timeOut(): void {
    if (!this.shop.faults.isStalled(this.stackId)) this.interrupt('timed out');
  }

  private get stack(): StackRecord {
    const stack = this.shop.store.stack(this.stackId);
    if (!stack) throw new Error(`stack ${this.stackId} is not in the store`);
    return stack;
  }

  private async run(): Promise<void> {
    const { action } = this.stack;
    if (this.abort.signal.aborted && (this.abort.signal.reason as Interruption).because !== 'timed out') return;
    try {
      if (action === 'DELETE') await this.removeEverything();
      else if (action === 'ROLLBACK' && this.stack.previousSource === null) await this.removeEverything();
      else await this.converge();
    } catch (error) {
      await this.end(error);
      return;
    }
    this.enter(action, 'COMPLETE', `Stack ${action} completed successfully`);
  }

  /** Brings the resources to what the template says: new ones first, then away with what it no longer names. */
  private async converge(): Promise<void> {
    const { name, id, projectId, source } = this.stack;
    const model = new StackModel(source, { name, id, projectId }, everything);
    await this.walk(model.dependencies, (resource) => this.convergeResource(model, resource));
    const isUnwanted = (record: ResourceRecord): boolean => record.isReplaced || !model.definition(record.name);
    await this.removeResources(this.shop.store.resources(id).filter(isUnwanted));
    for (const record of this.shop.store.resources(id).filter(isUnwanted)) this.shop.store.dropResource(record);
  }

  private async convergeResource(model: StackModel, name: string): Promise<void> {
    const definition = model.definition(name);
    if (!definition) throw new Error(`no resource ${name}`);
    const { store } = this.shop;
    const found = store.resource(this.stackId, name) ?? this.newRecord(model, definition);
    const record = { ...found, needs: [...(model.dependencies.get(name) ?? [])], description: definition.description, deletionPolicy: definition.deletionPolicy };
    store.putResource(record);
    const externalId = definition.externalId === undefined ? null : model.evaluate(definition.externalId, nothingYet);
    if (externalId !== null) {
      this.adopt(model, definition, record, pythonStr(externalId));
      return;
    }
    if (isToBeMade(record)) return this.work(record).create(model, definition);
    if (this.stack.action === 'CREATE' && record.status === 'COMPLETE') return;
    await this.updateResource(model, definition, record);
  }

  private adopt(model: StackModel, definition: ResourceDefinition, record: ResourceRecord, externalId: string): void {
    if (record.physicalId === externalId) return;
    if (record.action === 'INIT') this.work(record).adopt(externalId);
    else this.work(this.takePlaceOf(model, definition, record)).adopt(externalId);
  }

  private async updateResource(model: StackModel, definition: ResourceDefinition, record: ResourceRecord): Promise<void> {
    const isSound = record.status === 'COMPLETE' && record.type === definition.type && !record.isExternal;
    const work = this.work(record);
    if (isSound) {
      const properties = await work.evaluate(model, definition);
      const changed = work.changedFrom(properties);
      if (Object.keys(changed).length === 0 && !work.isOutdated(properties)) return;
      const schemas = model.typeOf(definition).properties;
      if (Object.keys(changed).every((property) => schemas[property]?.updatable === true)) return work.update(properties, changed);
    }
    await this.work(this.takePlaceOf(model, definition, record)).create(model, definition);
  }

  /** A new resource for one that cannot stay; the old one goes in the end, when nothing uses it any more. */
  private takePlaceOf(model: StackModel, definition: ResourceDefinition, old: ResourceRecord): ResourceRecord {
    const { store } = this.shop;
    const event = { stackId: this.stackId, resourceName: old.name, resourceId: old.id, resourceType: old.type, physicalId: old.physicalId ?? old.physicalName };
    store.addEvent({ ...event, status: 'UPDATE_IN_PROGRESS', reason: 'state changed' });
    store.addEvent({ ...event, status: 'UPDATE_COMPLETE', reason: `The Resource ${old.name} requires replacement.` });
    store.putResource({ ...old, isReplaced: true });
    const fresh = this.newRecord(model, definition);
    store.putResource(fresh);
    return fresh;
  }

  private async removeEverything(): Promise<void> {
    const { store } = this.shop;
    await this.removeResources(store.resources(this.stackId));
    for (const record of store.resources(this.stackId)) store.dropResource(record);
  }

  /** Who needs something goes before it. */
  private async removeResources(records: readonly ResourceRecord[]): Promise<void> {
    const left = records.filter((record) => !(record.action === 'DELETE' && record.status === 'COMPLETE'));
    const needs = new Map(
      left.map((record) => [record.id, new Set(left.filter((other) => other.id !== record.id && other.needs.includes(record.name)).map(({ id }) => id))]),
    );
    await this.walk(needs, async (id) => {
      const record = this.shop.store.resources(this.stackId).find((each) => each.id === id);
      if (!record) return;
      // Never begun: there is nothing to remove and nothing to tell.
      if (record.action === 'INIT') this.shop.store.dropResource(record);
      else await this.work(record).remove();
    });
  }

  /** A failure shows at once on the stack; the run ends when all of its work has come to rest. */
  private async walk(needs: ReadonlyMap<string, ReadonlySet<string>>, work: (key: string) => Promise<void>): Promise<void> {
    const under = walk(needs, async (key) => {
      if (this.abort.signal.aborted) throw this.abort.signal.reason as Interruption;
      await work(key);
    });
    try {
      await under.finished;
    } catch (error) {
      this.showFailure(error);
      await under.settled;
      throw error;
    }
  }

  private showFailure(error: unknown): void {
    const { action } = this.stack;
    if (error instanceof ResourceWorkFailed) this.enter(action, 'FAILED', `Resource ${action === 'ROLLBACK' ? 'DELETE' : action} failed: ${error.message}`);
    else if (error instanceof Interruption && error.because === 'timed out') this.enter(action, 'FAILED', 'Timed out');
  }

  /** What becomes of a stack whose action did not succeed. */
  private async end(error: unknown): Promise<void> {
    if (error instanceof Interruption && error.because !== 'timed out') return;
    const isKnown = error instanceof ResourceWorkFailed || error instanceof Interruption;
    const { action, disableRollback } = this.stack;
    if (!isKnown) {
      this.shop.context.log('stack failed', { stack: this.stack.name, error: error instanceof Error ? error.stack : String(error) });
      this.enter(action, 'FAILED', error instanceof Error ? error.message : String(error));
    }
    if (disableRollback || (action !== 'CREATE' && action !== 'UPDATE')) return;
    const interruption: unknown = this.abort.signal.reason;
    if (interruption instanceof Interruption && interruption.because !== 'timed out') return;
    await this.rollBack();
  }

  private async rollBack(): Promise<void> {
    const { stack } = this;
    const previous = stack.action === 'UPDATE' ? stack.previousSource : null;
    this.shop.store.putStack({ ...stack, ...(previous && { source: previous }), previousSource: previous, startedAt: new Date().toISOString() });
    this.enter('ROLLBACK', 'IN_PROGRESS', 'Stack ROLLBACK started');
    const again = new StackRun(this.shop, this.stackId, Promise.resolve());
    const passOn = (): void => again.interrupt((this.abort.signal.reason as Interruption).because);
    if (!this.abort.signal.aborted) this.abort.signal.addEventListener('abort', passOn, { once: true });
    await again.over;
  }

  private work(record: ResourceRecord): ResourceWork {
    return new ResourceWork(this.shop, this.stack, record, this.abort.signal);
  }

  private newRecord(model: StackModel, definition: ResourceDefinition): ResourceRecord {
    return newResource(this.stack, definition, [...(model.dependencies.get(definition.name) ?? [])]);
  }

  private enter(action: Action, status: Status, reason: string): void {
    enterStack(this.shop, this.stack, action, status, reason);
  }
}

const isToBeMade = (record: ResourceRecord): boolean =>
  record.action === 'INIT' || (record.action === 'CREATE' && record.status === 'IN_PROGRESS');
