import { STATUS_CODES } from 'node:http';
import type { ServiceName } from '../sim-context.js';
import { ServiceError } from './service-error.js';

/** Text is sent as HTML (what WebOb makes of an exception), anything else as JSON. */
type ErrorBody = string | Record<string, unknown>;
type Renderer = (error: ServiceError, acceptsJson: boolean) => ErrorBody;

/** The key that Nova and Cinder put around `{code, message}`; any other status is a `computeFault`. */
const computeKeys: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

const titled = (error: ServiceError): ErrorBody => ({
  error: { code: error.status, message: error.message, title: error.more.type ?? STATUS_CODES[error.status] ?? 'Error' },
});

const computeBody: Renderer = (error) => ({ [computeKeys[error.status] ?? 'computeFault']: { code: error.status, message: error.message } });

const neutronBody: Renderer = (error) => ({
  NeutronError: { type: error.more.type ?? 'HTTPException', message: error.message, detail: error.more.detail ?? '' },
});

/** WebOb renders an exception as JSON only for clients that ask for it. */
const webobBody: Renderer = (error, acceptsJson) => {
  const title = STATUS_CODES[error.status] ?? 'Error';
  const message = `${error.message}<br /><br />\n\n\n`;
  if (acceptsJson) return { message, code: `${error.status} ${title}`, title };
  return `<html>\n <head>\n  <title>${error.status} ${title}</title>\n </head>\n <body>\n  <h1>${error.status} ${title}</h1>\n  ${message}\n </body>\n</html>`;
};

/** Heat renders its own errors (src/sim/heat sets its handlers); this form serves what fails before it is asked. */
const heatBody: Renderer = (error) => ({
  explanation: error.message,
  code: error.status,
  error: { message: error.message, traceback: null, type: error.more.type ?? 'HTTPError' },
  title: STATUS_CODES[error.status] ?? 'Error',
});

/** Octavia's web service framework; `Server` is to blame from 500 on. */
const octaviaBody: Renderer = (error) => ({ faultcode: error.status < 500 ? 'Client' : 'Server', faultstring: error.message, debuginfo: null });

const renderers: Record<ServiceName, Renderer> = {
  identity: titled,
  image: webobBody,
  compute: computeBody,
  network: neutronBody,
  volumev3: computeBody,
  orchestration: heatBody,
  'load-balancer': octaviaBody,
};

/** What each service says of a body that is no JSON. */
export const malformedJson: Record<ServiceName, { message: string; type?: string }> = {
  identity: {
    message:
      'Expecting to find valid JSON in request body. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.',
  },
  image: { message: 'Malformed JSON in request body.' },
  compute: { message: 'Malformed request body' },
  network: { message: 'Body contains invalid data', type: 'HTTPBadRequest' },
  volumev3: { message: 'Malformed request body' },
  orchestration: { message: 'JSON is not valid', type: 'HTTPBadRequest' },
  'load-balancer': { message: 'Request is not in valid JSON format' },
};

export function errorBody(service: ServiceName, error: ServiceError, acceptsJson: boolean): ErrorBody {
  if (error.more.body !== undefined) return error.more.body;
  // The auth middleware answers for the service, and Glance alone makes another form of it.
  if (error.status === 401 && service !== 'image') return titled(error);
  return error.more.webob === true && service !== 'network' ? webobBody(error, acceptsJson) : renderers[service](error, acceptsJson);
}
