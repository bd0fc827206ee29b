import type { Recording } from './exchange.js';
import { play } from './play.js';
import { readRecordings, recordingOf, writeRecordings } from './recorded-answers.js';
import { scenario } from './scenario/scenario.js';
import { recordedWorld } from './world.js';

/**
 * Plays the scenario against a real OpenStack and keeps its answers. GOLDEN_AUTH_URL and GOLDEN_PASSWORD say where;
 * GOLDEN_USER_DOMAIN and GOLDEN_SERVICE_USER name them where they are called otherwise;
 * GOLDEN_ONLY=topic,topic plays these topics only and keeps the other topics' recordings; GOLDEN_PRINT=yes prints the
 * answers and keeps nothing. Fails, and keeps nothing, when an exchange has no answer.
 */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const usual = recordedWorld(environment['GOLDEN_AUTH_URL'] ?? 'http://127.0.0.1:5000/v3', environment['GOLDEN_PASSWORD'] ?? 'labpass');
  const world = { ...usual, userDomainName: environment['GOLDEN_USER_DOMAIN'] ?? usual.userDomainName, serviceUserName: environment['GOLDEN_SERVICE_USER'] ?? usual.serviceUserName };
  const only = environment['GOLDEN_ONLY']?.split(',');
  const isPrinted = environment['GOLDEN_PRINT'] !== undefined;
  const topics = scenario.filter(({ name }) => only === undefined || name === 'surroundings' || only.includes(name));
  const played = await play(world, topics, ({ exchange, answer }) => {
    const line = answer instanceof Error ? `FAILED: ${answer.message}` : `${answer.status}${isPrinted ? ` ${JSON.stringify(answer)}` : ''}`;
    process.stdout.write(`${exchange.name}: ${line}\n`);
  });
  const recorded = new Map<string, Recording>();
  if (only !== undefined) for (const recording of readRecordings()) recorded.set(recording.name, recording);
  // What the others refer to is looked up again, and recorded only when it is asked for.
  const kept = topics.filter(({ name }) => only === undefined || only.includes(name)).flatMap(({ exchanges }) => exchanges);
  for (const { exchange, answer } of played.filter((each) => kept.includes(each.exchange))) {
    if (answer instanceof Error) throw new Error(`${exchange.name} has no answer; nothing was recorded`);
    recorded.set(exchange.name, recordingOf(exchange, answer));
  }
  if (isPrinted) return;
  writeRecordings(scenario.flatMap(({ exchanges }) => exchanges.flatMap(({ name }) => recorded.get(name) ?? [])));
}

await main(process.env);
