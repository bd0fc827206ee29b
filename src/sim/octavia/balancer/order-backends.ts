import { createHash } from 'node:crypto';
import type { Backend } from './front.js';

export interface Circumstances {
  /** How many connections were handed out before. */
  readonly turn: number;
  /** Open connections of a backend. */
  readonly openTo: (backendId: string) => number;
  /** `address` or `address:port` of the client. */
  readonly peer: { readonly address: string; readonly port: number };
}

/** In which order backends are tried for one more connection; the backups come last, those without weight never. */
export function orderBackends(backends: readonly Backend[], algorithm: string, circumstances: Circumstances): Backend[] {
  const usable = backends.filter(({ weight }) => weight > 0);
  return [...ordered(usable.filter(({ isBackup }) => !isBackup), algorithm, circumstances), ...usable.filter(({ isBackup }) => isBackup)];
}

function ordered(backends: readonly Backend[], algorithm: string, { turn, openTo, peer }: Circumstances): readonly Backend[] {
  if (backends.length === 0) return [];
  switch (algorithm) {
    case 'LEAST_CONNECTIONS':
      return [...backends].sort((one, other) => openTo(one.id) / one.weight - openTo(other.id) / other.weight);
    case 'SOURCE_IP':
      return from(backends, hashOf(peer.address));
    case 'SOURCE_IP_PORT':
      return from(backends, hashOf(`${peer.address}:${peer.port}`));
    default:
      return weightedTurn(backends, turn);
  }
}

/** A backend of weight 2 has two turns in each round. */
function weightedTurn(backends: readonly Backend[], turn: number): readonly Backend[] {
  const common = backends.reduce((divisor, { weight }) => greatestCommonDivisor(divisor, weight), 0);
  const round = backends.flatMap((backend, index) => Array.from({ length: backend.weight / common }, () => index));
  return from(backends, round[turn % round.length] ?? 0);
}

const greatestCommonDivisor = (one: number, other: number): number => (other === 0 ? one : greatestCommonDivisor(other, one % other));

const from = (backends: readonly Backend[], start: number): readonly Backend[] => {
  const first = start % backends.length;
  return [...backends.slice(first), ...backends.slice(0, first)];
};

const hashOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);
