import { describe, expect, it } from '@jest/globals';
import { withLogFields } from './log-context.js';
import { openLog } from './open-log.js';

function written(write: (log: ReturnType<typeof openLog>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  write(openLog('test', 'debug', { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) }));
  return lines;
}

describe('the log', () => {
  it('gives each line the fields of the work around it, the inner ones last', async () => {
    const lines: unknown[] = [];
    const log = openLog('test', 'debug', { write: (line) => lines.push(JSON.parse(line)) });
    await withLogFields({ requestId: 'req-1', clusterId: 'c' }, async () => {
      await Promise.all(
        ['one', 'two'].map((step) =>
          withLogFields({ step }, async () => {
            await new Promise((resolve) => setImmediate(resolve));
            log.info({ message: 'Working', ms: 1 });
          }),
        ),
      );
      log.info('Done');
    });
    log.info('Outside');
    expect(lines).toMatchObject([
      { name: 'test', message: 'Working', requestId: 'req-1', clusterId: 'c', step: 'one', ms: 1 },
      { message: 'Working', requestId: 'req-1', clusterId: 'c', step: 'two' },
      { message: 'Done', requestId: 'req-1', clusterId: 'c' },
      { message: 'Outside' },
    ]);
    expect(lines[2]).not.toHaveProperty('step');
    expect(lines[3]).not.toHaveProperty('requestId');
  });

  it('writes no secret that somebody hands it by mistake', () => {
    const secret = 'do-not-show';
    const lines = written((log) => {
      log.info({ password: secret, user: { password: secret }, call: { headers: { 'x-auth-token': secret } }, node: { claim_token: secret } }, 'Mistake');
    });
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });

  it('says of an error what it is and why, and nothing that hangs on it', () => {
    const failed = Object.assign(new Error('duplicate key', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }), {
      query: 'INSERT …',
      parameters: ['do-not-show'],
    });
    const [line] = written((log) => log.error({ message: 'Failed', err: failed }));
    expect(line?.['err']).toMatchObject({ type: 'Error', message: 'duplicate key', cause: { message: 'reset', code: 'ECONNRESET' } });
    expect(JSON.stringify(line)).not.toContain('do-not-show');
    expect(JSON.stringify(line)).not.toContain('INSERT');
  });
});
