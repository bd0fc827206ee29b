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
      /** Replaces the service's usual form altogether. */
      body?: unknown;
    } = {},
  ) {
    super(message);
  }
}
