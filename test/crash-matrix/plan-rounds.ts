import type { Case } from './edge.js';

/** Clusters that go through all operations side by side, with the cases of each operation. */
export interface Round {
  readonly lives: number;
  /** By operation; at most `lives` cases each. */
  readonly cases: ReadonlyMap<string, readonly Case[]>;
}

export interface RoundLimits {
  readonly livesMax: number;
  /** Held moves keep connections to the database. */
  readonly movesMax: number;
}

const isShared = ({ edge }: Case): boolean => edge.kind === 'request' && edge.shared;

/**
 * Deals all cases out to rounds. Cases that stop everybody (a shared request is held) come in rounds of one cluster; moves are
 * spread over the others. Pure.
 */
export function planRounds(cases: ReadonlyMap<string, readonly Case[]>, { livesMax, movesMax }: RoundLimits): Round[] {
  const alone = deal(cases, isShared, (own) => own.map((one) => [one]));
  const together = deal(cases, (one) => !isShared(one), (own) => dealEvenly(own, livesMax, movesMax));
  return [...together, ...alone];
}

function deal(cases: ReadonlyMap<string, readonly Case[]>, belongs: (one: Case) => boolean, hands: (own: readonly Case[]) => Case[][]): Round[] {
  const dealt = [...cases].map(([kind, all]) => [kind, hands(all.filter(belongs))] as const);
  const count = Math.max(0, ...dealt.map(([, own]) => own.length));
  return Array.from({ length: count }, (_, position) => {
    const own = new Map(dealt.map(([kind, parts]) => [kind, parts[position] ?? []]));
    return { lives: Math.max(...[...own.values()].map((part) => part.length)), cases: own };
  });
}

function dealEvenly(cases: readonly Case[], livesMax: number, movesMax: number): Case[][] {
  const moves = cases.filter(({ edge }) => edge.kind === 'move');
  const count = Math.max(Math.ceil(cases.length / livesMax), Math.ceil(moves.length / movesMax));
  const hands = Array.from({ length: count }, (): Case[] => []);
  const ordered = [...moves, ...cases.filter(({ edge }) => edge.kind !== 'move')];
  for (const [position, one] of ordered.entries()) hands[position % count]?.push(one);
  return hands;
}
