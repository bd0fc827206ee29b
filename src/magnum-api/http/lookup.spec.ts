import { expect, it } from '@jest/globals';
import { identify } from './lookup.js';

it('tells ids from names', () => {
  const id = '0b7c6a52-8c1e-4b36-9d1c-6f7d5b1c9a10';
  expect(identify(id)).toEqual({ kind: 'id', id });
  expect(identify(id.replaceAll('-', '').toUpperCase())).toEqual({ kind: 'id', id });
  expect(identify('blue')).toEqual({ kind: 'name', name: 'blue' });
  expect(identify(`${id}x`)).toEqual({ kind: 'name', name: `${id}x` });
  expect(identify('a\u0000b')).toEqual({ kind: 'nothing' });
});
