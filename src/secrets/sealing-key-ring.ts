import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.js';
import { SealingKeyRing } from './sealing.js';

/** The configured key; throws when there is none, or when its file cannot be read. */
export function sealingKeyRing(config: Pick<Config, 'SEALING_KEY' | 'SEALING_KEY_FILE' | 'SEALING_KEY_ID'>): SealingKeyRing {
  return new SealingKeyRing([{ id: config.SEALING_KEY_ID, key: Buffer.from(keyText(config), 'base64') }]);
}

function keyText({ SEALING_KEY: key, SEALING_KEY_FILE: file }: Pick<Config, 'SEALING_KEY' | 'SEALING_KEY_FILE'>): string {
  if (key !== undefined) return key;
  if (file !== undefined) return readFileSync(file, 'utf8').trim();
  throw new Error('No sealing key: set JEROBOAM_SEALING_KEY or JEROBOAM_SEALING_KEY_FILE (32 bytes in base64, e.g. openssl rand -base64 32).');
}
