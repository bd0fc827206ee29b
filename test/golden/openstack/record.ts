import type { Answer, Exchange } from './exchange.js';
import { play } from './play.js';
import { writeRecordings } from './recorded-answers.js';
import { scenario } from './scenario/scenario.js';
import { recordedWorld } from './world.js';

/**
 * Plays the scenario against a real OpenStack and keeps its answers. GOLDEN_AUTH_URL and GOLDEN_PASSWORD say where;
 * GOLDEN_ONLY=topic,topic plays these topics only, prints the answers and keeps nothing.
 */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const world = recordedWorld(environment['GOLDEN_AUTH_URL'] ?? 'http://127.0.0.1:5000/v3', environment['GOLDEN_PASSWORD'] ?? 'labpass');
  const only = environment['GOLDEN_ONLY']?.split(',');
  const topics = scenario.filter(({ name }) => only === undefined || name === 'surroundings' || only.includes(name));
  const played = await play(world, topics, ({ exchange, answer }) => {
    const line = answer instanceof Error ? `FAILED: ${answer.message}` : String(answer.status);
    process.stdout.write(`${exchange.name}: ${line}${only && !(answer instanceof Error) ? ` ${JSON.stringify(answer.headers)} ${JSON.stringify(answer.body)}` : ''}\n`);
  });
  const failed = played.filter(({ answer }) => answer instanceof Error);
  const answered = played.filter((each): each is { exchange: Exchange; answer: Answer } => !(each.answer instanceof Error));
  if (failed.length > 0) throw new Error(`${failed.length} exchanges have no answer; nothing was recorded`);
  if (only === undefined) writeRecordings(answered);
}

await main(process.env);
