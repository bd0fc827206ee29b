import { differences, type Difference } from './compare.js';
import type { Recording, Topic } from './exchange.js';
import { play } from './play.js';
import type { World } from './world.js';

export interface Replayed {
  readonly name: string;
  readonly request: string;
  readonly differences: readonly Difference[];
}

/** Plays the scenario against `world` and compares each answer with the recorded one. */
export async function replay(world: World, topics: readonly Topic[], recordings: readonly Recording[]): Promise<readonly Replayed[]> {
  const recordingOf = new Map(recordings.map((recording) => [recording.name, recording]));
  const played = await play(world, topics, () => undefined);
  return played.map(({ exchange, answer }) => {
    const recording = recordingOf.get(exchange.name);
    const found =
      answer instanceof Error ? [{ pointer: '', problem: answer.message }]
      : recording === undefined ? [{ pointer: '', problem: 'was never recorded' }]
      : differences(recording.response, answer, exchange);
    return { name: exchange.name, request: `${exchange.service} ${exchange.method} ${exchange.path} as ${exchange.actor}`, differences: found };
  });
}

/** For people: one paragraph an exchange that differs; empty when none does. */
export function report(all: readonly Replayed[]): string {
  return all
    .filter((one) => one.differences.length > 0)
    .map((one) => [`${one.name} (${one.request})`, ...one.differences.map(({ pointer, problem }) => `  ${pointer || '(answer)'} ${problem}`)].join('\n'))
    .join('\n');
}
