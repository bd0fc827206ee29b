import { describe, expect, it } from '@jest/globals';
import { parseUnitCommand } from './command-line.js';
import { parseTimeSpan } from './time-span.js';

const environment = { NAME: 'a b', EMPTY: '' };

describe('parseUnitCommand', () => {
  it.each([
    { line: '/bin/a one "two three" \'four\'', args: ['one', 'two three', 'four'] },
    { line: '/bin/a --name=${NAME} $NAME $EMPTY "$EMPTY"', args: ['--name=a b', 'a', 'b', ''] },
    { line: '/bin/a $$NAME', args: ['$NAME'] },
    { line: ':/bin/a ${NAME}', args: ['${NAME}'] },
    { line: '@/bin/a argv0 one', args: ['one'] },
    { line: '/bin/a a\\sb', args: ['a b'] },
  ])('splits $line', ({ line, args }) => {
    expect(parseUnitCommand(line, environment)).toMatchObject({ path: '/bin/a', args, ignoreFailure: false });
  });

  it('sees that a failure does not matter', () => {
    expect(parseUnitCommand('-/bin/a', {})).toMatchObject({ path: '/bin/a', ignoreFailure: true });
  });

  it.each(['', '/bin/a "open'])('refuses %j', (line) => {
    expect(() => parseUnitCommand(line, {})).toThrow();
  });
});

describe('parseTimeSpan', () => {
  it.each([
    { text: '90', ms: 90_000 },
    { text: '1min 30s', ms: 90_000 },
    { text: '500ms', ms: 500 },
    { text: 'infinity', ms: Infinity },
    { text: '1.5h', ms: 5_400_000 },
    { text: 'soon', ms: undefined },
    { text: '5 parsecs', ms: undefined },
    { text: '', ms: undefined },
  ])('reads $text', ({ text, ms }) => {
    expect(parseTimeSpan(text)).toBe(ms);
  });
});
