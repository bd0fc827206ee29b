import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where `npm start` keeps its data: JEROBOAM_DATA_DIR, else the system's place as root, else the user's state folder. */
export function dataFolder(environment: NodeJS.ProcessEnv, isRoot: boolean): string {
  const named = environment['JEROBOAM_DATA_DIR'];
  if (named) return named;
  if (isRoot) return '/var/lib/jeroboam';
  return join(environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'jeroboam');
}
