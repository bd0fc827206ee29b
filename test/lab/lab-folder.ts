import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the lab keeps its chroot, databases and logs: JEROBOAM_LAB_DIR, else the user's cache folder. Several gigabytes
 * that can be had again, so never in the checkout.
 */
export function labFolder(environment: NodeJS.ProcessEnv): string {
  const named = environment['JEROBOAM_LAB_DIR'];
  if (named) return named;
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'jeroboam', 'lab');
}
