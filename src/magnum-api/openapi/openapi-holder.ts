/** The document exists only after the routes do; the controller that serves it exists before. */
export class OpenApiHolder {
  private document: object | undefined;

  set(document: object): void {
    this.document = document;
  }

  get(): object {
    if (!this.document) throw new Error('The OpenAPI document is made before the first request.');
    return this.document;
  }
}

export const OPENAPI_DOCUMENT = Symbol('OpenApiHolder');
