export type EndpointInterface = 'public' | 'internal' | 'admin';

export interface CatalogEndpoint {
  readonly interface: string;
  readonly region: string | null;
  readonly url: string;
}

export interface CatalogEntry {
  readonly type: string;
  readonly name: string | null;
  readonly endpoints: readonly CatalogEndpoint[];
}

/** Older and newer names of one service; clouds register either. */
const typeAliases: readonly (readonly string[])[] = [
  ['volumev3', 'block-storage'],
  ['container-infra', 'container-infrastructure-management'],
];

/**
 * The URL of a service without a slash at its end; undefined when the catalogue has none of that interface in that region.
 * A null region takes the first endpoint, as OpenStack's own clients do.
 */
export function findEndpoint(
  catalog: readonly CatalogEntry[],
  wanted: { readonly type: string; readonly region: string | null; readonly interface: EndpointInterface },
): string | undefined {
  const types = typeAliases.find((aliases) => aliases.includes(wanted.type)) ?? [wanted.type];
  for (const type of types) {
    const endpoint = catalog
      .filter((entry) => entry.type === type)
      .flatMap((entry) => entry.endpoints)
      .find((candidate) => candidate.interface === wanted.interface && (wanted.region === null || candidate.region === wanted.region));
    if (endpoint) return endpoint.url.replace(/\/+$/, '');
  }
  return undefined;
}
