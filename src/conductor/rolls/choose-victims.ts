export interface VictimCandidate {
  readonly id: string;
  readonly name: string;
  readonly ready: boolean;
  readonly cordoned: boolean;
  /** Pods that would have to move. */
  readonly podCount: number;
  readonly zone: string | null;
  /** Why its owner wants it left alone just now; null when nothing forbids it. */
  readonly hold: string | null;
  readonly createdAt: Date;
}

export interface Victim {
  readonly id: string;
  readonly because: string;
}

/**
 * Which nodes a group loses when nobody named any: those that are no use first, then those that somebody has closed, then out of
 * the zone that has most, the one with the fewest pods, the youngest. Nodes on hold are never chosen; so there may be fewer. Pure.
 */
export function chooseVictims(candidates: readonly VictimCandidate[], count: number): Victim[] {
  const left = [...candidates];
  const victims: Victim[] = [];
  while (victims.length < count) {
    const inZone = countZones(left);
    const [next] = left.filter(({ hold }) => hold === null).sort((one, other) => compare(one, other, inZone));
    if (!next) break;
    left.splice(left.indexOf(next), 1);
    victims.push({ id: next.id, because: reasonOf(next, inZone) });
  }
  return victims;
}

function compare(one: VictimCandidate, other: VictimCandidate, inZone: ReadonlyMap<string | null, number>): number {
  const crowd = ({ zone }: VictimCandidate): number => inZone.get(zone) ?? 0;
  return (
    Number(one.ready) - Number(other.ready) ||
    Number(other.cordoned) - Number(one.cordoned) ||
    crowd(other) - crowd(one) ||
    one.podCount - other.podCount ||
    other.createdAt.getTime() - one.createdAt.getTime() ||
    one.name.localeCompare(other.name)
  );
}

/** Nodes on hold stay, so they count for their zone. */
function countZones(nodes: readonly VictimCandidate[]): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const { zone } of nodes) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return counts;
}

function reasonOf({ ready, cordoned, podCount, zone }: VictimCandidate, inZone: ReadonlyMap<string | null, number>): string {
  if (!ready) return 'it is not ready';
  if (cordoned) return 'it is closed for new pods already';
  const pods = `it has ${podCount} pod${podCount === 1 ? '' : 's'} to move, the fewest`;
  return inZone.size > 1 ? `${pods} in zone ${zone ?? '(none)'}, which has most nodes` : pods;
}
