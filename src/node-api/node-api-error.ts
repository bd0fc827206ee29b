/** Why a machine's call was not taken; the slug and the sentence go to the machine, which logs them. */
export type NodeApiErrorCode =
  | 'bad-request'
  | 'body-too-large'
  | 'boot-ended'
  | 'claimed-by-another'
  | 'internal'
  | 'no-payload-yet'
  | 'not-authenticated'
  | 'not-found'
  | 'too-many-calls';

const statusOf: Record<NodeApiErrorCode, number> = {
  'bad-request': 400,
  'body-too-large': 413,
  'boot-ended': 410,
  'claimed-by-another': 409,
  internal: 500,
  'no-payload-yet': 404,
  'not-authenticated': 401,
  'not-found': 404,
  'too-many-calls': 429,
};

export class NodeApiError extends Error {
  constructor(
    readonly code: NodeApiErrorCode,
    message: string,
    /** For `too-many-calls`: seconds until another call is taken. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = 'NodeApiError';
  }

  get status(): number {
    return statusOf[this.code];
  }
}
