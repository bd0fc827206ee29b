import { DataSource } from 'typeorm';
import { loadConfig } from '../../src/config/config.js';
import { createDataSource } from '../../src/database/data-source.js';
import { makeMaterial } from './material.js';
import { PgliteSession } from './pglite-session.js';
import { authUrl } from './simulated-services.js';
import { VirtualDatabase } from './virtual-database.js';
import type { Ground } from './world.js';

/** Migrates one database and makes what all worlds of this program share. */
export async function prepareGround(): Promise<Ground> {
  const material = await makeMaterial();
  const database = new VirtualDatabase(await PgliteSession.open());
  const { options } = createDataSource('postgres://nobody@localhost/worlds', 4);
  // The product's own entities and migrations over another driver.
  const dataSource = new DataSource({ ...options, driver: database.driver });
  await dataSource.initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  const config = loadConfig({
    JEROBOAM_DATABASE_URL: 'postgres://nobody@localhost/worlds',
    JEROBOAM_OS_AUTH_URL: authUrl,
    JEROBOAM_OS_USERNAME: 'jeroboam',
    JEROBOAM_OS_PASSWORD: 'simpass',
    JEROBOAM_NODE_URL: 'https://node-api:9512',
    JEROBOAM_NODE_BOOT_DEADLINE_SECONDS: '180',
    JEROBOAM_SEALING_KEY: Buffer.alloc(32, 7).toString('base64'),
    JEROBOAM_LOG_LEVEL: 'silent',
    ...material.nodeApiSettings,
  });
  return { config, material, database, dataSource };
}
