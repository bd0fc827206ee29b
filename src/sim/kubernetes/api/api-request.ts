import type { IncomingMessage, ServerResponse } from 'node:http';
import type { User } from '../auth/user.js';
import type { RequestInfo } from './request-info.js';

/** A request that has been read, authenticated and allowed. */
export interface ApiRequest {
  request: IncomingMessage;
  response: ServerResponse;
  body: string;
  info: RequestInfo;
  user: User;
}
