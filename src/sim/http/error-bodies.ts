import { STATUS_CODES } from 'node:http';
import type { ServiceName } from '../sim-context.js';
import { ServiceError } from './service-error.js';

/** Text is sent as HTML (what WebOb makes of an exception), anything else as JSON. */
export type ErrorBody = string | Record<string, unknown>;

/** The key that Nova and Cinder put around `{code, message}`. */
const computeKeys: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  406: 'notAcceptable',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  500: 'computeFault',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

const keystoneBody = (error: ServiceError): ErrorBody => ({
  error: { code: error.status, message: error.message, title: error.more.type ?? STATUS_CODES[error.status] ?? 'Error' },
});

const computeBody = (error: ServiceError): ErrorBody => ({
  [computeKeys[error.status] ?? 'computeFault']: { code: error.status, message: error.message },
});

const neutronBody = (error: ServiceError): ErrorBody => ({
  NeutronError: { type: error.more.type ?? 'HTTPException', message: error.message, detail: error.more.detail ?? '' },
});

/** Glance lets WebOb render its errors: HTML, unless the client prefers something else. */
const glanceBody = (error: ServiceError): ErrorBody => {
  const title = `${error.status} ${STATUS_CODES[error.status] ?? ''}`;
  return `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n  ${error.message}<br /><br />\n\n\n </body>\n</html>`;
};

/** Heat renders its own errors (src/sim/heat sets its handlers); this form serves what fails before it is asked. */
const heatBody = (error: ServiceError): ErrorBody => ({
  explanation: error.message,
  code: error.status,
  error: { message: error.message, traceback: null, type: error.more.type ?? 'HTTPError' },
  title: STATUS_CODES[error.status] ?? 'Error',
});

const renderers: Record<ServiceName, (error: ServiceError) => ErrorBody> = {
  identity: keystoneBody,
  image: glanceBody,
  compute: computeBody,
  network: neutronBody,
  volumev3: computeBody,
  orchestration: heatBody,
};

export function errorBody(service: ServiceName, error: ServiceError): unknown {
  return error.more.body ?? renderers[service](error);
}
