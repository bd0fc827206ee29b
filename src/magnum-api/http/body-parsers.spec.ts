import { describe, expect, it } from '@jest/globals';
import { accepts } from './body-parsers.js';

describe('accepts', () => {
  it.each([
    [undefined, true],
    ['', true],
    ['*/*', true],
    ['application/json', true],
    ['application/*;q=0.5', true],
    ['text/html, application/json;q=0.9', true],
    ['text/html', false],
    ['application/json;q=0', false],
    ['text/*', false],
  ])('answers %s with JSON: %s', (header, expected) => {
    expect(accepts(header, ['application/json'])).toBe(expected);
  });
});
