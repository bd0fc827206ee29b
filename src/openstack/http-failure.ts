import { failureCodes } from '../domain/failure-reason.js';
import type { AttemptOutcome } from './retry-plan.js';

/** The answer is larger than we are willing to hold. */
export class AnswerTooLargeError extends Error {
  constructor(limitBytes: number) {
    super(`the answer is larger than ${limitBytes} bytes`);
  }
}

/** Codes of failures before anything was sent: no such host, nobody listens, no way there, not trusted. */
const notSentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Failures of the TLS handshake: nothing was sent, and another try ends the same way. */
const isTlsCode = (code: string): boolean => /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_|EPROTO$)/.test(code);

/** What a failed attempt means for another one; undefined when another one is useless. */
export function outcomeOfFailure(error: unknown): AttemptOutcome | undefined {
  if (error instanceof AnswerTooLargeError) return undefined;
  const codes = failureCodes(error);
  if (codes.some(isTlsCode)) return undefined;
  return { kind: codes.length > 0 && codes.every((code) => notSentCodes.has(code)) ? 'not-sent' : 'broken' };
}
