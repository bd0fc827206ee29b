import type { Random } from './random.js';

/** What is down or ill for a while (milliseconds from the world's begin). */
export interface Storm {
  readonly from: number;
  readonly until: number;
  readonly target: 'identity' | 'orchestration' | 'compute' | 'network' | 'node-api' | 'cluster' | 'queue' | 'everything';
  readonly how: 'refused' | 'unavailable' | 'hangs' | 'answers-lost';
}

export interface PlannedCluster {
  readonly name: string;
  readonly nodeCount: number;
  readonly createdAt: number;
  readonly deletedAt: number | null;
  /** A second DELETE so long after the first. */
  readonly deletedAgainAfter: number | null;
}

export interface Disturbance {
  readonly at: number;
  readonly conductor: number;
  /** kill: it comes back after `forMs` as another process. stop: it goes on after `forMs`, as after SIGSTOP and SIGCONT. */
  readonly how: 'kill' | 'stop';
  readonly forMs: number;
}

/** Everything that one seed wants to happen. */
export interface SeedPlan {
  readonly clusters: readonly PlannedCluster[];
  readonly conductors: number;
  readonly disturbances: readonly Disturbance[];
  readonly storms: readonly Storm[];
  /** Share of requests that meet a fault outside of storms. */
  readonly faultChance: number;
  readonly databaseCutChance: number;
  readonly dropChance: number;
  readonly twiceChance: number;
  /** Share of machines that never boot or give up, until the calm. */
  readonly machineTroubleChance: number;
  /** Resources that Heat fails to make, one after the other. */
  readonly heatFailures: readonly ('server' | 'network' | 'any')[];
  /** From here on nothing goes wrong any more. */
  readonly calmAt: number;
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

export function planSeed(random: Random): SeedPlan {
  const level = random.pick([0, 0.3, 1, 1]);
  const conductors = random.pick([1, 2, 2, 3]);
  const calmAt = random.between(60_000, 300_000);
  const plan: SeedPlan = {
    clusters: times(random.pick([1, 1, 1, 2]), (index) => planCluster(random, index)),
    conductors,
    disturbances: times(random.pick([0, 1, 2, 4]), () => ({
      at: random.between(500, calmAt),
      conductor: random.integer(0, conductors - 1),
      how: random.pick(['kill', 'kill', 'stop'] as const),
      forMs: random.pick([500, 5_000, 20_000, 45_000]) * random.between(0.5, 1.5),
    })),
    storms: times(random.pick([0, 0, 1, 2]), () => planStorm(random, calmAt)),
    faultChance: level * random.pick([0.005, 0.02, 0.05]),
    databaseCutChance: level * random.pick([0, 0.001, 0.005]),
    dropChance: random.pick([0, 0, 0.1, 0.3, 1]),
    twiceChance: random.pick([0, 0.1, 0.4]),
    machineTroubleChance: random.pick([0, 0, 0, 0.15]),
    heatFailures: random.chance(0.2) ? times(random.integer(1, 2), () => random.pick(['server', 'network', 'any'] as const)) : [],
    calmAt,
  };
  drawInVain(random);
  return plan;
}

/** Faults that were planned once and never came about; drawn still, so that the known seeds go on as they did. */
function drawInVain(random: Random): void {
  random.chance(0.1);
  if (random.chance(0.12)) random.between(10_000, 20_000);
}

function planCluster(random: Random, index: number): PlannedCluster {
  const createdAt = random.between(0, index === 0 ? 1_000 : 30_000);
  return {
    name: `seeded-${index}`,
    nodeCount: random.pick([0, 1, 1, 2, 3]),
    createdAt,
    deletedAt: random.chance(0.35) ? createdAt + random.pick([3_000, 20_000, 90_000]) * random.between(0.2, 1.8) : null,
    deletedAgainAfter: random.chance(0.2) ? random.between(0, 20_000) : null,
  };
}

function planStorm(random: Random, calmAt: number): Storm {
  const from = random.between(0, calmAt * 0.8);
  return {
    from,
    until: Math.min(calmAt, from + random.pick([3_000, 15_000, 60_000])),
    target: random.pick(['identity', 'orchestration', 'compute', 'network', 'node-api', 'cluster', 'queue', 'everything'] as const),
    how: random.pick(['refused', 'unavailable', 'hangs', 'answers-lost'] as const),
  };
}
