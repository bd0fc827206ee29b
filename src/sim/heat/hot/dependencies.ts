import { HeatError, invalidReference } from '../heat-error.js';
import type { Values } from './function.js';
import type { ResourceDefinition, Template } from './template.js';

/** Resource name → names of the resources that it must wait for. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether `own` must wait for `other` though nothing in the template says so. */
export type ImplicitNeed = (own: ResourceDefinition, other: ResourceDefinition) => boolean;

/**
 * What the enabled resources of a template need of each other. Throws InvalidTemplateReference for a resource that is not there
 * (or disabled), and CircularDependencyException.
 */
export function dependenciesOf(template: Template, enabled: readonly ResourceDefinition[], values: Values, implicit: ImplicitNeed): Dependencies {
  const names = new Set(enabled.map(({ name }) => name));
  const isKnown = new Set(template.resources.map(({ name }) => name));
  const dependencies = new Map<string, Set<string>>();
  for (const own of enabled) {
    const needed = new Set<string>();
    for (const { resource, path } of referencesOf(template, own, values)) {
      if (!names.has(resource)) throw invalidReference(resource, path);
      needed.add(resource);
    }
    for (const resource of own.dependsOn) {
      if (!isKnown.has(resource)) throw invalidReference(resource, own.name);
      // Waiting for a disabled resource is waiting for nothing.
      if (names.has(resource)) needed.add(resource);
    }
    dependencies.set(own.name, needed);
  }
  addImplicit(enabled, dependencies, implicit);
  const circle = circleIn(dependencies);
  if (circle) throw circular(circle, template);
  return dependencies;
}

const referencesOf = (template: Template, own: ResourceDefinition, values: Values): { resource: string; path: string }[] => [
  ...template.expressions.references(own.properties, `${own.name}.Properties`, values),
  ...template.expressions.references(own.metadata, `${own.name}.Metadata`, values),
];

/** Implicit needs give way where they would close a circle. */
function addImplicit(enabled: readonly ResourceDefinition[], dependencies: Map<string, Set<string>>, implicit: ImplicitNeed): void {
  for (const own of enabled) {
    for (const other of enabled) {
      if (other !== own && implicit(own, other) && !reaches(other.name, own.name, dependencies)) dependencies.get(own.name)?.add(other.name);
    }
  }
}

function reaches(from: string, to: string, dependencies: Dependencies): boolean {
  const seen = new Set<string>();
  const pending = [from];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    pending.push(...(dependencies.get(name) ?? []));
  }
  return false;
}

/** What is left when everything without needs is taken away again and again; undefined when nothing is. */
function circleIn(dependencies: Dependencies): Map<string, Set<string>> | undefined {
  const left = new Map([...dependencies].map(([name, needed]) => [name, new Set(needed)]));
  for (;;) {
    const free = [...left].filter(([, needed]) => needed.size === 0).map(([name]) => name);
    if (free.length === 0) return left.size === 0 ? undefined : left;
    for (const name of free) left.delete(name);
    for (const needed of left.values()) for (const name of free) needed.delete(name);
  }
}

function circular(circle: ReadonlyMap<string, ReadonlySet<string>>, template: Template): HeatError {
  const shown = (name: string): string => `${className(template.resources.find((each) => each.name === name)?.type ?? '')} "${name}"`;
  const entries = [...circle].reverse().map(([name, needed]) => `${shown(name)}: {${[...needed].map(shown).join(', ')}}`);
  return new HeatError(400, 'CircularDependencyException', `Circular Dependency Found: {${entries.join(', ')}}`);
}

/** Heat prints resources with the names of its Python classes. */
function className(type: string): string {
  const last = type.split('::').at(-1) ?? type;
  return type.startsWith('OS::Cinder::') ? `Cinder${last}` : last;
}

/** Who needs whom, the other way round. */
export function requiredBy(dependencies: Dependencies): Map<string, string[]> {
  const reversed = new Map<string, string[]>([...dependencies.keys()].map((name) => [name, []]));
  for (const [name, needed] of dependencies) for (const other of needed) reversed.get(other)?.push(name);
  return reversed;
}
