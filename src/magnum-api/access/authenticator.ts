import { Inject, Injectable } from '@nestjs/common';
import { OpenStackError } from '../../openstack/cloud-error.js';
import { CloudSilentError, isTimeout } from '../cloud-lookups/cloud-silent.error.js';
import { UnauthenticatedError } from '../http/protocol-errors.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { callerOf, type Caller } from './caller.js';
import { TokenCache } from './token-cache.js';

/** Longer than any token that Keystone makes; such a header is not worth a call. */
const tokenLengthMax = 16_384;

/** Turns `X-Auth-Token` into a Caller, with the service credential and a cache in between. */
@Injectable()
export class Authenticator {
  private readonly cache: TokenCache;

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {
    const { config, cloud, metrics } = runtime;
    // All tries together: a client waits for this, and gives up soon.
    const deadlineMs = config.HTTP_TIMEOUT_SECONDS * 1000;
    const validate = (token: string) => cloud.asService().keystone.validateToken(token, { signal: AbortSignal.timeout(deadlineMs) });
    this.cache = new TokenCache(validate, { trustMs: config.TOKEN_CACHE_SECONDS * 1000, onRead: (result) => metrics?.cacheRead('tokens', result) });
  }

  /** Throws UnauthenticatedError (401), or CloudSilentError (503) when Keystone gives no answer, whatever its trouble is. */
  async authenticate(header: string | string[] | undefined): Promise<Caller> {
    const { config, log } = this.runtime;
    const token = Array.isArray(header) ? header[0] : header;
    if (token === undefined || token === '' || token.length > tokenLengthMax || !/^[\x21-\x7e]+$/.test(token)) {
      throw new UnauthenticatedError(config.OS_AUTH_URL);
    }
    try {
      const found = await this.cache.find(token);
      if (!found) throw new UnauthenticatedError(config.OS_AUTH_URL);
      return callerOf(found);
    } catch (error) {
      if (!(error instanceof OpenStackError) && !isTimeout(error)) throw error;
      log.error({ message: 'Keystone could not validate a token', err: error });
      throw new CloudSilentError('your token', error);
    }
  }
}
