import { builtScript } from './built-script.js';
import { startChild, type Child } from './child.js';

/** What the simulated cloud says when it is ready. */
export interface CloudFacts {
  readonly auth_url: string;
  readonly region: string;
  readonly admin_url: string;
  readonly proxy_url: string;
  readonly password: string;
}

export interface SimulatedCloud extends Child {
  readonly facts: CloudFacts;
}

const simulator = builtScript('sim/main.js');

/** Longest time until the simulator is ready (ms); a data folder with many clusters takes some seconds. */
const readyWithinMs = 60_000;

export async function startSimulatedCloud(
  dataFolder: string,
  logFolder: string,
  environment: Readonly<Record<string, string>>,
  options: readonly string[],
): Promise<SimulatedCloud> {
  let announce: (facts: CloudFacts) => void = () => undefined;
  const ready = new Promise<CloudFacts>((resolve) => (announce = resolve));
  const child = startChild({
    name: 'The simulated cloud',
    command: [simulator, '--data-dir', dataFolder, ...options],
    environment,
    logFile: `${logFolder}/sim.log`,
    graceMs: 10_000,
    onLine: (line) => {
      if (line.startsWith('{"ready":true')) announce(JSON.parse(line) as CloudFacts);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The simulated cloud was not ready within ${readyWithinMs} ms; see ${logFolder}/sim.log`)), readyWithinMs);
  });
  const died = child.ended.then((sentence) => Promise.reject(new Error(sentence)));
  try {
    const facts = await Promise.race([ready, died, tooLate]);
    return { ...child, facts };
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    clearTimeout(timer);
    died.catch(() => undefined);
  }
}
