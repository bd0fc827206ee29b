import { loadDatabaseUrl } from '../config/config.js';
import { migrate } from '../database/migrate.js';
import { migrateQueue } from '../queue/wake-up-queue.js';

const url = loadDatabaseUrl(process.env);
const applied = await migrate(url);
await migrateQueue(url);
console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
