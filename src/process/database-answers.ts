import type { DataSource } from 'typeorm';
import type { HealthCheck } from '../metrics/metrics-listener.js';

/** Longest wait for a database that accepts connections and says nothing (ms). */
const patienceMs = 3_000;

export const databaseAnswers =
  (dataSource: DataSource): HealthCheck =>
  async () => {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`The database did not answer within ${patienceMs} ms.`), patienceMs);
    });
    const asked = dataSource.query('SELECT 1').then(
      () => undefined,
      () => 'The database does not answer.',
    );
    try {
      return await Promise.race([asked, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  };
