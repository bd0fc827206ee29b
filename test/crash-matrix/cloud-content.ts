import type { LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { generalise } from './end-state.js';

/** How many things of each kind and general name, as `kind: name`. */
export type Tally = ReadonlyMap<string, number>;

interface Thing {
  readonly id: string;
  readonly name?: string | null;
}

/** Records that are no things of their own: they come with calls, updates, or a project's first network. */
const noThings = /token|event|action|fault|^heat\.properties$|security_group_rules$/;
const ofProject = /security_groups: default$/;
/** Entries of the façade hold values only: of two updates that overlap (one of them applied late) Heat makes them twice, and keeps one. */
const facadeEntries = /^heat\.resources: (kube_minions|\d+)$|^heat\.stacks: .*-kube_minions-/;

/** What the cloud holds now beyond its seeds. */
export async function contentOf(world: LifecycleEnvironment): Promise<readonly string[]> {
  const leftovers = (await world.admin('GET', '/leftovers')) as Record<string, Thing[]>;
  return Object.entries(leftovers).flatMap(([kind, things]) => things.map(({ id, name }) => `${kind}: ${name ?? id}`));
}

/** What was ever created in it, also what is gone again. */
export async function creationsIn(world: LifecycleEnvironment): Promise<readonly string[]> {
  const creations = (await world.admin('GET', '/creations')) as (Thing & { collection: string })[];
  return creations.filter(({ collection }) => !noThings.test(collection)).map(({ collection, id, name }) => `${collection}: ${name ?? id}`).filter((thing) => !ofProject.test(thing) && !facadeEntries.test(thing));
}

/** Counted by general name. `clusterNames` are those whose names occur in the things' names. */
export function tally(things: readonly string[], clusterNames: readonly string[]): Tally {
  const generals = clusterNames.map(generalise);
  const counts = new Map<string, number>();
  for (const thing of things) {
    const name = generals.reduce((text, general) => general(text), thing);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** `times` clusters should have left what one leaves. */
export function tallyDifferences(one: Tally, found: Tally, times: number): string[] {
  return [...new Set([...one.keys(), ...found.keys()])].flatMap((name) => {
    const expected = (one.get(name) ?? 0) * times;
    const count = found.get(name) ?? 0;
    return count === expected ? [] : [`${name}: ${count} instead of ${expected}`];
  });
}

/** Kinds of which no two may have one name. */
const unique = /^(stacks|servers|users|load_balancers|server_groups): /;

export function doubles(things: readonly string[]): string[] {
  const named = things.filter((thing) => unique.test(thing));
  return [...new Set(named.filter((thing, position) => named.indexOf(thing) !== position))].map((thing) => `${thing} is there twice`);
}
