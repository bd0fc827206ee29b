import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DataSource } from 'typeorm';
import { SecretStore } from '../../src/database/secret-store.js';
import { sealingKeyRing } from '../../src/secrets/sealing-key-ring.js';

/** From now on no sealed secret is lost, also those that live for seconds only. */
export async function keepAllSecrets(database: DataSource): Promise<void> {
  await database.query(`CREATE TABLE kept_secrets (cluster_id uuid, name text, sealed text)`);
  await database.query(`CREATE FUNCTION keep_secret() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO kept_secrets VALUES (NEW.cluster_id, NEW.name, NEW.sealed); RETURN NEW; END $$`);
  await database.query(`CREATE TRIGGER keep_secret AFTER INSERT OR UPDATE ON secrets FOR EACH ROW EXECUTE FUNCTION keep_secret()`);
}

/**
 * What must not be seen of everything that was ever sealed, by where it comes from: passwords and tokens as they are, of
 * keys each line of their PEM text.
 */
export async function plainSecrets(database: DataSource, logFolder: string): Promise<{ from: string; secret: string }[]> {
  const keys = sealingKeyRing({ SEALING_KEY: undefined, SEALING_KEY_FILE: join(dirname(logFolder), 'secrets', 'sealing-key'), SEALING_KEY_ID: '1' });
  const rows: { cluster_id: string; name: string }[] = await database.query(`SELECT cluster_id, name FROM kept_secrets`);
  // The store reads its own table; put back what is gone from there.
  await database.query(`ALTER TABLE secrets DISABLE TRIGGER keep_secret`);
  await database.query(`INSERT INTO secrets (cluster_id, name, sealed) SELECT DISTINCT ON (cluster_id, name) cluster_id, name, sealed FROM kept_secrets ON CONFLICT DO NOTHING`);
  const store = new SecretStore(keys);
  const found: { from: string; secret: string }[] = [];
  for (const { cluster_id: clusterId, name } of rows) {
    const plain = (await store.find(database.manager, clusterId, name)) ?? '';
    for (const secret of secretsIn(plain)) found.push({ from: name, secret });
  }
  found.push({ from: 'the sealing key', secret: readFileSync(join(dirname(logFolder), 'secrets', 'sealing-key'), 'utf8').trim() });
  return found;
}

function secretsIn(plain: string): string[] {
  if (!plain.startsWith('{') && !plain.startsWith('[')) return [plain];
  const text = plain.replaceAll('\\n', '\n');
  const keyLines = [...text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----\n([^-]+)-----END/g)].flatMap(([, body = '']) => body.trim().split('\n'));
  // The first line of a key says of which kind it is, and is the same for all.
  const tokens = [...text.matchAll(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g)].map(([token]) => token);
  return [...keyLines.filter((line) => line.length >= 20), ...tokens];
}
