/** A refusal as the service would give it; `error-bodies.ts` turns it into the service's own form. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly more: {
      /** Neutron's exception name, Keystone's title. */
      type?: string;
      /** Neutron's `detail`. */
      detail?: string;
      headers?: Record<string, string>;
      /** Raised outside the service's own code (unknown path): WebOb's form, whatever the service's is. */
      webob?: boolean;
      /** Replaces the service's usual form altogether. */
      body?: Record<string, unknown>;
    } = {},
  ) {
    super(message);
  }
}

/** No route has this path. */
export const noSuchPath = (): ServiceError => new ServiceError(404, 'The resource could not be found.', { type: 'HTTPNotFound', webob: true });
