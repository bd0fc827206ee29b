/** What Heat says of each status, whatever the error. */
const explanations: Record<number, string> = {
  400: 'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  403: 'Access was denied to this resource.',
  404: 'The resource could not be found.',
  405: 'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  409: 'There was a conflict when trying to complete your request.',
  413: 'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  500: 'The server has either erred or is incapable of performing the requested operation.',
};

const titles: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
};

/** A refusal as Heat's API gives it. `message` null stands for errors whose text Heat keeps to itself. */
export class HeatError extends Error {
  constructor(
    readonly status: number,
    /** Heat's exception class, which clients match on. */
    readonly type: string,
    readonly text: string | null,
  ) {
    super(text ?? type);
  }

  body(): Record<string, unknown> {
    const error: Record<string, unknown> = { type: this.type, traceback: null };
    if (this.text !== null) error['message'] = this.text;
    return { code: this.status, title: titles[this.status] ?? 'Error', explanation: explanations[this.status] ?? '', error };
  }
}

/** Heat's StackValidationFailed: a label, where in the template, and what is wrong there. */
export class TemplateRefusal extends HeatError {
  constructor(
    readonly reason: string,
    readonly path = '',
    readonly label = '',
  ) {
    super(400, 'StackValidationFailed', [label, path, reason].filter((part) => part !== '').join(': : '));
  }

  /** The same refusal as `POST /validate` words it: there the exception has not travelled between processes. */
  asValidateAnswer(): HeatError {
    return new HeatError(400, 'HTTPBadRequest', this.wording());
  }

  /** Label, place and message, each once. */
  wording(): string {
    return [this.label, this.path, this.reason].filter((part) => part !== '').join(': ');
  }
}

export const badRequest = (message: string): HeatError => new HeatError(400, 'HTTPBadRequest', message);
export const malformed = (): HeatError => badRequest(explanations[400] ?? '');
export const invalidSchema = (message: string): HeatError => new HeatError(400, 'InvalidSchemaError', message);
export const invalidReference = (reference: string, where: string): HeatError =>
  new HeatError(400, 'InvalidTemplateReference', `The specified reference "${reference}" (in ${where}) is incorrect.`);
export const parameterMissing = (name: string): HeatError => new HeatError(400, 'UserParameterMissing', `The Parameter (${name}) was not provided.`);
export const stackNotFound = (name: string): HeatError => new HeatError(404, 'EntityNotFound', `The Stack (${name}) could not be found.`);
export const notSupported = (what: string): HeatError => new HeatError(400, 'NotSupported', `${what} is not supported.`);
/** What real Heat would do and the simulator does not: said plainly, so that nobody takes it for Heat's own refusal. */
export const notSimulated = (what: string): HeatError => new HeatError(400, 'NotSupported', `${what} is not part of the simulated Heat.`);
