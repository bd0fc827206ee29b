import { describe, expect, it } from '@jest/globals';
import { Launched } from './launched.js';

describe('npm run demo', () => {
  it('does the main job and says how long each part took', async () => {
    const demo = Launched.start(['demo'], {});
    expect(await demo.status()).toBe(0);
    const phases = demo.output.split('\n').flatMap((line) => /^ *\d+\.\d s {2}(.+)$/.exec(line)?.[1] ?? []);
    expect(phases).toEqual([
      'Jeroboam answers',
      'template created',
      'cluster created',
      'nodes listed through the kubeconfig',
      'cluster deleted',
      'template deleted',
      'nothing left in the cloud',
    ]);
    expect(demo.output).toContain('The demo succeeded.');
  }, 180_000);

  it('ends with 1 and the reason when something is wrong', async () => {
    const demo = Launched.start(['demo'], { TEST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(await demo.status()).toBe(1);
    expect(demo.output).toContain('The database could not be migrated');
    expect(demo.output).not.toContain('succeeded');
  }, 60_000);
});
