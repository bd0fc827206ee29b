import { z } from 'zod';
import { lenientJson } from '../domain/lenient-json.js';
import { cloudErrorOf, CloudUnavailableError, type CloudFailure } from './cloud-error.js';
import { errorMessage } from './error-message.js';
import { describeCall, serviceRequestIdOf, type HttpAnswer, type HttpCall } from './http-transport.js';

/** A call and what came back. */
export interface Exchange {
  readonly request: HttpCall;
  readonly answer: HttpAnswer;
}

/** An answer with a status below 400. */
export interface ServiceAnswer extends HttpAnswer {
  /** The body by a schema; throws CloudUnavailableError when it is something else. */
  json<Schema extends z.ZodType>(schema: Schema): z.output<Schema>;
}

/** The answer of a call that was done; throws the OpenStackError of a status from 400 on. */
export function acceptAnswer(exchange: Exchange): ServiceAnswer {
  const { answer } = exchange;
  if (answer.status >= 400) {
    throw cloudErrorOf({ ...failureOf(exchange, errorMessage(answer.text, 'no explanation')), status: answer.status });
  }
  return {
    ...answer,
    json(schema) {
      const parsed = schema.safeParse(lenientJson(answer.text));
      if (parsed.success) return parsed.data;
      throw notUnderstood(exchange, `the answer is not what the API promises: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`);
    },
  };
}

/** The service did answer, but in a way that tells nothing: a proxy's page, a half-started service. */
export const notUnderstood = (exchange: Exchange, detail: string): CloudUnavailableError =>
  new CloudUnavailableError(failureOf(exchange, detail));

function failureOf({ request, answer }: Exchange, detail: string): CloudFailure {
  const requestId = serviceRequestIdOf(answer.headers);
  return { service: request.service, status: answer.status, requestId, detail, call: describeCall(request) };
}
