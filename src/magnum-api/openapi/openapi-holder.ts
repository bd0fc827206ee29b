/** The document is made from the routes, and only when somebody first asks for it: most processes are never asked. */
export class OpenApiHolder {
  private make: (() => object) | undefined;
  private document: object | undefined;

  madeBy(make: () => object): void {
    this.make = make;
  }

  get(): object {
    if (!this.make) throw new Error('The OpenAPI document can be made as soon as the routes exist.');
    this.document ??= this.make();
    return this.document;
  }
}

export const OPENAPI_DOCUMENT = Symbol('OpenApiHolder');
