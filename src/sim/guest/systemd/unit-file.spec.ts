import { describe, expect, it } from '@jest/globals';
import { parseServiceUnit } from './unit-file.js';

const parse = (...texts: string[]): ReturnType<typeof parseServiceUnit> => parseServiceUnit('work.service', texts);

describe('parseServiceUnit', () => {
  it('reads a unit with its drop-ins: an empty value takes back what came before', () => {
    const { unit, warnings } = parse(
      '# a comment\n[Unit]\nDescription=Work \\\n  hard\nAfter=a.service b.service\n[Service]\nType=oneshot\nExecStart=/bin/first\nRestart=on-failure\nRestartSec=1min 30s\n[Install]\nWantedBy=multi-user.target\n',
      '[Service]\nExecStart=\nExecStart=/bin/second --flag\nTimeoutStartSec=0\n',
    );
    expect(warnings).toEqual([]);
    expect(unit).toMatchObject({ type: 'oneshot', execStart: ['/bin/second --flag'], restart: 'on-failure', restartMs: 90_000, after: ['a.service', 'b.service'], wantedBy: ['multi-user.target'], timeoutStartMs: Infinity });
  });

  it.each([
    { text: '[Service]\nExecStart=/bin/a\nRestrat=always', warns: "Unknown key name 'Restrat' in section 'Service'" },
    { text: '[Service]\nExecStart=/bin/a\nRestartSec=soon', warns: 'Failed to parse RestartSec= value, ignoring: soon' },
    { text: '[Service]\nExecStart=/bin/a\nType=twoshot', warns: 'Failed to parse Type= value, ignoring: twoshot' },
    { text: 'ExecStart=/bin/b\n[Service]\nExecStart=/bin/a', warns: 'Assignment outside of section' },
  ])('warns as systemd does: $warns', ({ text, warns }) => {
    expect(parse(text).warnings.join('\n')).toContain(warns);
  });

  it.each([
    { text: '[Service]\nType=oneshot', says: 'no ExecStart=' },
    { text: '[Service]\nExecStart=/bin/a\nExecStart=/bin/b', says: 'more than one ExecStart=' },
    { text: '[Service]\nType=oneshot\nExecStart=/bin/a\nRestart=always', says: "isn't allowed for Type=oneshot" },
  ])('refuses what systemd refuses: $says', ({ text, says }) => {
    expect(() => parse(text)).toThrow(says);
  });
});
