import { pino, type DestinationStream, type Logger } from 'pino';
import { describeError } from './describe-error.js';
import { logFields } from './log-context.js';

/** Fields that never belong into a log, wherever somebody puts them by mistake. */
const secretFields = [
  'password',
  'token',
  'claimToken',
  'claim_token',
  'secret',
  'sealingKey',
  'privateKey',
  'privateKeyPem',
  'kubeconfig',
  'userData',
  'user_data',
  'authorization',
  '["x-auth-token"]',
  '["x-subject-token"]',
  '["X-Auth-Token"]',
];
const depths = ['', '*', '*.*'];
const paths = depths.flatMap((depth) => secretFields.map((field) => (field.startsWith('[') || depth === '' ? `${depth}${field}` : `${depth}.${field}`)));

/**
 * The log of one process: a JSON object a line on stdout. Each line has `name` (the process), `message`, and the fields of
 * the work that wrote it (see withLogFields). Of errors only type, message, code and stack are written: a failed query also
 * carries its parameters.
 */
export function openLog(name: string, level: string, destination?: DestinationStream): Logger {
  const options = { name, level, messageKey: 'message', mixin: logFields, redact: { paths, censor: '[redacted]' }, serializers: { err: describeError } };
  return destination ? pino(options, destination) : pino(options);
}
