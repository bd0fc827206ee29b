import type { Collection } from './journal.js';

/** Remembers which records the simulator made itself, so that they are never called leftovers. */
export class SeedRegister {
  private readonly ids = new Set<string>();

  /** Adds the record unless one with its id is there. */
  ensure<T extends { id: string }>(collection: Collection<T>, record: T): T {
    this.ids.add(record.id);
    return collection.get(record.id) ?? collection.put(record);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }
}
