/** Which methods a path has: Fastify answers 404 for a wrong method, Magnum 405 with `Allow`. */
export class RouteTable {
  private readonly routes: { pattern: RegExp; methods: readonly string[] }[] = [];

  /** `url` in Fastify's syntax, parameters as `:name`. */
  add(url: string, methods: readonly string[]): void {
    const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    this.routes.push({ pattern: new RegExp(`^${segments.join('/')}$`), methods });
  }

  /** Sorted methods of every route that matches; empty when the path does not exist. */
  methodsOf(path: string): string[] {
    const methods = this.routes.filter((route) => route.pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}
