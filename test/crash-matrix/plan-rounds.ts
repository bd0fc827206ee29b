import type { Case } from './edge.js';

/** Clusters that go through all operations side by side, with the cases of each operation. */
export interface Round {
  readonly lives: number;
  /** By operation; at most `lives` cases each. */
  readonly cases: ReadonlyMap<string, readonly Case[]>;
}

export interface RoundLimits {
  readonly livesMax: number;
  /** Of a round in which moves are held: they keep their rows locked, and a query is given up after half a minute. */
  readonly movesMax: number;
}

const isMove = ({ edge }: Case): boolean => edge.kind === 'move';
const isShared = ({ edge }: Case): boolean => edge.kind === 'request' && edge.shared;

/**
 * Deals all cases out to rounds, moves and requests apart. Cases that stop everybody (a shared request is held) come in rounds
 * of one cluster. Pure.
 */
export function planRounds(cases: ReadonlyMap<string, readonly Case[]>, { livesMax, movesMax }: RoundLimits): Round[] {
  const alone = deal(cases, isShared, (own) => own.map((one) => [one]));
  const moves = deal(cases, isMove, (own) => dealEvenly(own, movesMax));
  const requests = deal(cases, (one) => !isMove(one) && !isShared(one), (own) => dealEvenly(own, livesMax));
  return [...requests, ...moves, ...alone];
}

function deal(cases: ReadonlyMap<string, readonly Case[]>, belongs: (one: Case) => boolean, hands: (own: readonly Case[]) => Case[][]): Round[] {
  const dealt = [...cases].map(([kind, all]) => [kind, hands(all.filter(belongs))] as const);
  const count = Math.max(0, ...dealt.map(([, own]) => own.length));
  return Array.from({ length: count }, (_, position) => {
    const own = new Map(dealt.map(([kind, parts]) => [kind, parts[position] ?? []]));
    return { lives: Math.max(...[...own.values()].map((part) => part.length)), cases: own };
  });
}

function dealEvenly(cases: readonly Case[], handSize: number): Case[][] {
  const count = Math.ceil(cases.length / handSize);
  const hands = Array.from({ length: count }, (): Case[] => []);
  for (const [position, one] of cases.entries()) hands[position % count]?.push(one);
  return hands;
}
