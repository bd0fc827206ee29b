/** A kind of object that the API serves. */
export interface ResourceType {
  /** Empty for the core group. */
  group: string;
  /** Served versions, the preferred one (which is also how objects are stored) first. */
  versions: string[];
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  /** `status` and whatever else is reachable below an object's name. */
  subresources: string[];
  /** Has `metadata.generation`, which a change of the spec counts up. */
  generational: boolean;
}

/** How the store names a resource: `pods`, `deployments.apps`. */
export const resourceId = ({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string => (group === '' ? plural : `${plural}.${group}`);

export const apiVersionOf = (type: ResourceType, version: string | undefined = type.versions[0]): string =>
  type.group === '' ? (version ?? 'v1') : `${type.group}/${version ?? 'v1'}`;
