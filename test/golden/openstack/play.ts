import { randomInt } from 'node:crypto';
import { CloudSession } from './cloud-session.js';
import type { Answer, Exchange, Topic } from './exchange.js';
import { runExchange } from './run-exchange.js';
import type { Variables } from './variables.js';
import type { World } from './world.js';

export interface Played {
  readonly exchange: Exchange;
  /** The answer, or why there is none. */
  readonly answer: Answer | Error;
}

/** Letters that are no hexadecimal digits, so that the name is never part of an identifier. */
const letters = 'ghjkmnpqrstvwxyz';

/** The scenario's variables before its first exchange. */
function firstVariables(world: World): Variables {
  const run = `golden${Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')}`;
  return new Map<string, string>([
    ['run', run],
    ['password', world.password],
    ['image_name', world.imageName],
    ['image_without_distro_name', world.imageWithoutDistroName],
    ['flavor_name', world.flavorName],
    ['keypair_name', world.keypairName],
    ['public_network_name', world.publicNetworkName],
    ['user_domain_name', world.userDomainName],
    ['service_user_name', world.serviceUserName],
    // Larger than Heat's max_template_size (512 KiB), and larger than its max_json_body_size (1 MiB).
    ['filler_600_kib', 'x'.repeat(600 * 1024)],
    ['filler_1100_kib', 'x'.repeat(1100 * 1024)],
  ]);
}

/** Plays all exchanges in order, going on after one that failed so that what was made is also deleted. */
export async function play(world: World, topics: readonly Topic[], heard: (played: Played) => void): Promise<readonly Played[]> {
  const variables = firstVariables(world);
  const session = await CloudSession.open(world, variables);
  // Other projects' ids are wanted as variables before their first exchange.
  for (const actor of ['admin', 'service', 'other'] as const) await session.tokenFor(actor);
  const all: Played[] = [];
  for (const exchange of topics.flatMap((topic) => topic.exchanges)) {
    const answer = await runExchange(session, exchange, variables).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    const played = { exchange, answer };
    heard(played);
    all.push(played);
  }
  return all;
}
