import type { IncomingMessage, ServerResponse } from 'node:http';
import { impersonated } from '../auth/impersonation.js';
import { authenticate } from '../auth/authentication.js';
import { forbidden, isAllowed } from '../auth/authorization.js';
import type { ApiContext } from './api-context.js';
import type { ApiRequest } from './api-request.js';
import { apiGroup, coreVersions, groupList, resourceList } from './discovery.js';
import { isHealthEndpoint, sendHealth } from './health-endpoints.js';
import { openApiIndex, openApiOf, swagger, swaggerProtobuf, swaggerProtobufType } from './open-api.js';
import { requestInfoOf, type RequestInfo } from './request-info.js';
import { readBody } from './request-body.js';
import { handleResource } from './resource-handler.js';
import { sendError, sendJson, sendText } from './response.js';
import { StatusError } from './status-error.js';
import { versionDocument } from './version-document.js';

/** One request from authentication to answer; never throws, every failure becomes an answer. */
export async function handleRequest(context: ApiContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    if ((await context.obstruct(request, response, body)) === 'answered') return;
    const info = requestInfoOf(request.method ?? 'GET', request.url ?? '/');
    const user = impersonated(context.store, authenticate(context.store, context.serviceAccountPublicKey, request), request);
    if (!isAllowed(context.store, user, info)) {
      response.setHeader('x-content-type-options', 'nosniff');
      throw forbidden(user, info);
    }
    dispatch(context, { request, response, body, info, user });
  } catch (error) {
    if (response.headersSent) response.destroy();
    else if (error instanceof StatusError) sendError(response, error);
    else {
      context.log('Kubernetes API request failed', { method: request.method, url: request.url, error: error instanceof Error ? error.stack : String(error) });
      sendError(response, new StatusError(500, 'InternalError', error instanceof Error ? error.message : String(error), {}));
    }
  }
}

function dispatch(context: ApiContext, apiRequest: ApiRequest): void {
  const { info, request, response } = apiRequest;
  if (!info.isResource) {
    const document = sendDocument(context, request, response, info);
    if (document === 'sent') return;
    if (document) sendJson(response, 200, document);
    else sendText(response, 404, '404 page not found\n');
    return;
  }
  handleResource(context, apiRequest);
}

/** Everything outside the resources: health, version, discovery, OpenAPI. */
function sendDocument(context: ApiContext, request: IncomingMessage, response: ServerResponse, { path, query }: RequestInfo): object | 'sent' | undefined {
  const [first = '', second, third, ...rest] = path.split('/').filter((part) => part !== '');
  if (isHealthEndpoint(first)) {
    sendHealth(response, first, query, context.hasQuorum());
    return 'sent';
  }
  if (rest.length > 0 && first !== 'openapi') return undefined;
  switch (first) {
    case 'version':
      return versionDocument(context.kubernetesVersion);
    case 'api':
      return second === undefined ? coreVersions(request.headers.host ?? '') : resourceList(context.catalogue, '', second);
    case 'apis':
      if (second === undefined) return groupList(context.catalogue);
      return third === undefined ? apiGroup(context.catalogue, second) : resourceList(context.catalogue, second, third);
    case 'openapi':
      if (second === 'v2') return sendSwagger(context, request, response);
      if (second !== 'v3') return undefined;
      return third === undefined ? openApiIndex(context.catalogue) : openApiOf(context.catalogue, [third, ...rest].join('/'));
    default:
      return undefined;
  }
}

function sendSwagger({ kubernetesVersion }: ApiContext, request: IncomingMessage, response: ServerResponse): object | 'sent' {
  if (request.headers.accept?.includes(swaggerProtobufType) !== true) return swagger(kubernetesVersion);
  // Old clients cannot parse the type that they asked for in an answer.
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  response.end(swaggerProtobuf(kubernetesVersion));
  return 'sent';
}
