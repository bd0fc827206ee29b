import type { DataSource, EntityManager } from 'typeorm';
import { isDatabaseAway } from './database-away.js';

/**
 * Runs a transaction and finds out what became of it when its COMMIT was not answered: `happened` looks, on another
 * connection, for what `write` would have left. It must first take a lock that `write` takes as well, so that it does not
 * look while the server is still at it. Throws what broke `write` when nothing of it is there, and what breaks the look
 * when it cannot be known.
 */
export async function withKnownOutcome<T>(
  dataSource: DataSource,
  write: (manager: EntityManager) => Promise<T>,
  happened: (manager: EntityManager) => Promise<T | undefined>,
): Promise<T> {
  try {
    return await dataSource.transaction(write);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    const found = await dataSource.transaction(happened);
    if (found === undefined) throw error;
    return found;
  }
}
