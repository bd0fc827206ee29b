import { fieldsOf, listOf, textOf, type KubeObject } from '../objects/kube-object.js';
import { resourcesOfRelease } from './built-in-resources.js';
import { resourceId, type ResourceType } from './resource-type.js';

/** All resources that a cluster serves at the moment: built-in ones and those of its CustomResourceDefinitions. */
export class ResourceCatalogue {
  private readonly builtIn: ResourceType[];
  private custom: ResourceType[] = [];

  constructor(releaseMinor: number) {
    this.builtIn = resourcesOfRelease(releaseMinor);
  }

  all(): ResourceType[] {
    return [...this.builtIn, ...this.custom];
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    return this.all().find((type) => type.group === group && type.plural === plural && type.versions.includes(version));
  }

  byId(id: string): ResourceType {
    const found = this.all().find((type) => resourceId(type) === id);
    if (!found) throw new Error(`no such resource: ${id}`);
    return found;
  }

  byKind(group: string, kind: string): ResourceType | undefined {
    return this.all().find((type) => type.group === group && type.kind === kind);
  }

  isCustom(type: ResourceType): boolean {
    return this.custom.includes(type);
  }

  groups(): string[] {
    return [...new Set(this.all().map((type) => type.group))].filter((group) => group !== '');
  }

  versionsOf(group: string): string[] {
    return [...new Set(this.all().filter((type) => type.group === group).flatMap((type) => type.versions))];
  }

  setCustom(definitions: KubeObject[]): void {
    this.custom = definitions.map(customResource);
  }
}

function customResource(definition: KubeObject): ResourceType {
  const spec = fieldsOf(definition['spec']);
  const names = fieldsOf(spec['names']);
  const kind = textOf(names['kind']) ?? '';
  const versions = listOf(spec['versions']).filter((version) => version['served'] === true);
  const storage = versions.find((version) => version['storage'] === true);
  const nameOf = (version: object): string => textOf(fieldsOf(version)['name']) ?? '';
  return {
    group: textOf(spec['group']) ?? '',
    versions: [...(storage ? [nameOf(storage)] : []), ...versions.filter((version) => version !== storage).map(nameOf)],
    plural: textOf(names['plural']) ?? '',
    singular: textOf(names['singular']) ?? kind.toLowerCase(),
    kind,
    namespaced: spec['scope'] === 'Namespaced',
    shortNames: strings(names['shortNames']),
    categories: strings(names['categories']),
    subresources: versions.some((version) => 'status' in fieldsOf(version['subresources'])) ? ['status'] : [],
    generational: true,
  };
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
