import { describe, expect, it } from '@jest/globals';
import { LabelArgumentError, parseLabels } from './label-arguments.js';

describe('parseLabels', () => {
  it.each([
    { given: [], then: {} },
    { given: ['a=1'], then: { a: '1' } },
    { given: ['a=1,b=2;c=3'], then: { a: '1', b: '2', c: '3' } },
    { given: ['a=1,2'], then: { a: '1,2' } },
    { given: ['a=1,2', 'b=x=y'], then: { a: '1,2', b: 'x=y' } },
    { given: ['a=1', 'a=2'], then: { a: '1,2' } },
    { given: ['a='], then: { a: '' } },
  ])('reads $given', ({ given, then }) => {
    expect(parseLabels(given)).toEqual(then);
  });

  it('refuses what has no value', () => {
    expect(() => parseLabels(['nonsense'])).toThrow(LabelArgumentError);
    expect(() => parseLabels(['=x'])).toThrow(LabelArgumentError);
  });
});
