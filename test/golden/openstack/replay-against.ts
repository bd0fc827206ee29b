import { readRecordings } from './recorded-answers.js';
import { replay, report } from './replay.js';
import { scenario } from './scenario/scenario.js';
import { recordedWorld, simulatedWorld } from './world.js';

/**
 * Plays the scenario against a running cloud and prints what differs from the recordings; exits 1 when anything does.
 * GOLDEN_WORLD=recorded (default: the real cloud) or simulated; GOLDEN_AUTH_URL and GOLDEN_PASSWORD say where;
 * GOLDEN_ONLY=topic,topic plays these topics only.
 */
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const authUrl = environment['GOLDEN_AUTH_URL'] ?? 'http://127.0.0.1:5000/v3';
  const world = environment['GOLDEN_WORLD'] === 'simulated' ? simulatedWorld(authUrl, environment['GOLDEN_PASSWORD'] ?? 'simpass') : recordedWorld(authUrl, environment['GOLDEN_PASSWORD'] ?? 'labpass');
  const only = environment['GOLDEN_ONLY']?.split(',');
  const topics = scenario.filter(({ name }) => only === undefined || name === 'surroundings' || only.includes(name));
  const replayed = await replay(world, topics, readRecordings());
  const different = replayed.filter((one) => one.differences.length > 0).length;
  process.stdout.write(`${report(replayed)}\n${replayed.length} exchanges played, ${different} differ\n`);
  process.exitCode = different === 0 ? 0 : 1;
}

await main(process.env);
