import { describe, expect, it } from '@jest/globals';
import { parsePythonLiteral } from './python-literal.js';

describe('parsePythonLiteral', () => {
  it.each([
    [`{'a': 'b'}`, { a: 'b' }],
    ['{}', {}],
    [`[{'key': 'k', 'value': '', 'effect': 'NoExecute'}]`, [{ key: 'k', value: '', effect: 'NoExecute' }]],
    [`{'a': True, 'b': False, 'c': None, 'd': -1, 'e': 1.5, 'f': 1e3}`, { a: true, b: false, c: null, d: -1, e: 1.5, f: 1000 }],
    [`('x', "it's",)`, ['x', "it's"]],
    [`{"json": "works", "t": true}`, { json: 'works', t: true }],
    [String.raw`'a\'b\n\x41\u00e9\d'`, "a'b\nA\u00e9\\d"],
    [`  { 1 : 2 , }  `, { '1': 2 }],
    [`{'node-3.Ready':'error','updated_at':'2026-02-03 04:05:06'}`, { 'node-3.Ready': 'error', updated_at: '2026-02-03 04:05:06' }],
  ])('reads %s', (source, value) => {
    expect(parsePythonLiteral(source)).toEqual({ ok: true, value });
  });

  it.each(['', `{'a'}`, `{'a': }`, `'open`, `{'a': 'b'} x`, 'print(1)', '1.2.3', `{[1]: 2}`, '['.repeat(100), String.raw`'\xZZ'`, String.raw`'\U00110000'`, `'a\nb'`])('refuses %s', (source) => {
    expect(parsePythonLiteral(source).ok).toBe(false);
  });
});
