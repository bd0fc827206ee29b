import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for what the tests of this run share (one PostgreSQL, started by the first test that needs it). */
export default function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-test-'));
  chmodSync(folder, 0o755);
  process.env.JEROBOAM_TEST_RUN_FOLDER = folder;
}
