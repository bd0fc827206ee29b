import type { DataSource } from 'typeorm';
import { patiently } from '../domain/deadline.js';
import type { HealthCheck } from '../metrics/metrics-listener.js';

/** A database that accepts connections and says nothing is given up on after `patienceMs`. */
export const databaseAnswers =
  (dataSource: DataSource, patienceMs: number): HealthCheck =>
  () => {
    const asked = dataSource.query('SELECT 1').then(
      () => undefined,
      () => 'The database does not answer.',
    );
    return patiently<string | undefined>(patienceMs, asked, () => `The database did not answer within ${patienceMs} ms.`);
  };
