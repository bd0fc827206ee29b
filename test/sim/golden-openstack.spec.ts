import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Recording } from '../golden/openstack/exchange.js';
import { readRecordings } from '../golden/openstack/recorded-answers.js';
import { replay, report, type Replayed } from '../golden/openstack/replay.js';
import { scenario } from '../golden/openstack/scenario/scenario.js';
import { simulatedWorld } from '../golden/openstack/world.js';

const recordings = readRecordings();
const isRefused = ({ response }: Recording): boolean => response.status >= 400;
const isTemplate = ({ service, request }: Recording): boolean => service === 'orchestration' && request.method === 'POST' && /\/(validate|stacks)$/.test(request.path);
const counted = { exchanges: recordings.length, refused: recordings.filter(isRefused).length, templates: recordings.filter(isTemplate).length };

describe('the yardstick', () => {
  it(`holds ${counted.exchanges} recorded exchanges, ${counted.refused} of them refused, ${counted.templates} template validations and creates`, () => {
    expect(counted.exchanges).toBeGreaterThanOrEqual(60);
    expect(counted.refused).toBeGreaterThanOrEqual(counted.exchanges / 2);
    expect(counted.templates).toBeGreaterThanOrEqual(25);
  });

  it('has one recording for each exchange of the scenario', () => {
    const names = scenario.flatMap((topic) => topic.exchanges.map(({ name }) => name));
    expect(recordings.map(({ name }) => name)).toEqual(names);
  });
});

interface ReadyLine {
  readonly auth_url: string;
  readonly password: string;
}

async function readyLineOf(simulator: ChildProcess): Promise<ReadyLine> {
  if (!simulator.stdout) throw new Error('the simulator has no standard output');
  for await (const line of createInterface({ input: simulator.stdout })) {
    if (line.startsWith('{')) return JSON.parse(line) as ReadyLine;
  }
  throw new Error('the simulator ended without a ready line');
}

describe('the simulator against the recorded cloud', () => {
  let simulator: ChildProcess;
  let replayed: ReadonlyMap<string, Replayed>;

  // The whole scenario is one conversation: later exchanges use what earlier ones made, so it is played once.
  beforeAll(async () => {
    simulator = spawn(process.execPath, ['dist/src/sim/main.js', '--boot-seconds', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { auth_url, password } = await readyLineOf(simulator);
    const all = await replay(simulatedWorld(auth_url, password), scenario, recordings);
    replayed = new Map(all.map((one) => [one.name, one]));
  }, 300_000);

  afterAll(async () => {
    if (simulator.exitCode !== null || simulator.signalCode !== null) return;
    simulator.kill('SIGTERM');
    await once(simulator, 'exit');
  });

  describe.each(scenario)('$name', ({ exchanges }) => {
    it.each(exchanges)('$name', ({ name }) => {
      const one = replayed.get(name);
      if (!one) throw new Error(`${name} was not played`);
      expect(report([one])).toBe('');
    });
  });
});
