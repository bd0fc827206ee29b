import { ForbiddenError } from '../../domain/domain-error.js';
import type { CallOptions } from '../../openstack/call-options.js';
import type { CloudClients } from '../../openstack/cloud.js';
import { CloudForbiddenError, CloudUnauthorizedError } from '../../openstack/cloud-error.js';
import { UnauthenticatedError } from '../http/protocol-errors.js';
import type { Asking } from '../http/request-context.js';
import type { Runtime } from '../runtime.js';
import { CloudSilentError, isTimeout } from './cloud-silent.error.js';

export const clientsOf = ({ cloud }: Runtime, { caller, requestId }: Asking): CloudClients => cloud.withToken(caller.token, { requestId });

/** The token's fault, and nothing that another person's token must suffer from. */
export const isAskersFault = (error: unknown): boolean => error instanceof UnauthenticatedError || error instanceof ForbiddenError;

/**
 * Asks with the requester's own token, all tries together within one HTTP timeout: a client waits for this, and gives up
 * soon. `what` completes "may not look at …".
 */
export async function askCloud<Value>(
  runtime: Runtime,
  asking: Asking,
  what: string,
  ask: (clients: CloudClients, call: CallOptions) => Promise<Value>,
): Promise<Value> {
  const deadlineMs = runtime.config.HTTP_TIMEOUT_SECONDS * 1000;
  try {
    return await ask(clientsOf(runtime, asking), { signal: AbortSignal.timeout(deadlineMs) });
  } catch (error) {
    if (isTimeout(error)) throw new CloudSilentError(what, error);
    if (error instanceof CloudUnauthorizedError) throw new UnauthenticatedError(runtime.config.OS_AUTH_URL);
    if (error instanceof CloudForbiddenError) throw new ForbiddenError(`Your token may not look at ${what}.`);
    throw error;
  }
}
