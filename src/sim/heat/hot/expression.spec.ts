import { describe, expect, it } from '@jest/globals';
import { Expressions } from './expression.js';
import { EvaluationError, type Values } from './function.js';

const parameters: Record<string, unknown> = { json: { a: [1, 2], m: { k: 'v' } }, list: ['x', ' y', 'z'], text: 'str', number: 3, flag: true };
const attributes: Record<string, unknown> = { 'r.value': { a: [1, 2, { b: 'c' }], c: 5 } };
const values: Values = {
  parameter: (name) => parameters[name],
  condition: (name) => name === 'yes',
  file: (name) => ({ 'f.txt': 'content\n' })[name],
  reference: (name) => `id-of-${name}`,
  attribute: (resource, name) => attributes[`${resource}.${name ?? ''}`] ?? null,
};
const evaluate = (expression: unknown, version: '2018-08-31' | '2021-04-16' | '2014-10-16' = '2018-08-31'): unknown =>
  new Expressions(version).evaluate(expression, values);

// Results as a real Heat 24 gave them.
describe('functions', () => {
  it.each([
    [{ list_join: [',', ['a', { b: 1 }]] }, 'a,{"b": 1}'],
    [{ list_join: [',', ['a', null]] }, 'a,'],
    [{ list_join: [',', null] }, ''],
    [{ list_join: ['-', ['a'], ['b', ['c']]] }, 'a-b-["c"]'],
    [{ list_join: ['\n', { get_param: 'list' }] }, 'x\n y\nz'],
    [{ str_replace: { template: 'a aa ab $x', params: { a: '1', aa: '2', $x: 'a' } } }, '1 2 1b a'],
    [{ str_replace: { template: 'x a', params: { a: ['x', 1] } } }, 'x ["x", 1]'],
    [{ str_replace: { template: 'x a y', params: { a: null } } }, 'x  y'],
    [{ str_replace: { template: 'm', params: { m: { k: true } } } }, '{"k": true}'],
    [{ str_replace: { template: 'm', params: { m: true } } }, 'True'],
    [{ str_replace: { template: 'a', params: { a: 'b', b: 'c' } } }, 'b'],
    [{ str_split: [',', 'a,b,c'] }, ['a', 'b', 'c']],
    [{ str_split: [',', 'a,b,c', '2'] }, 'c'],
    [{ str_split: [',', null] }, null],
    [{ map_merge: [{ a: 1, b: { x: 1 } }, null, { b: { y: 2 }, c: null }] }, { a: 1, b: { y: 2 }, c: null }],
    [{ map_replace: [{ a: 1, c: 'd' }, { keys: { a: 'b' }, values: { d: 'e' } }] }, { b: 1, c: 'e' }],
    [
      { repeat: { template: { n: '%x%-%y%', '%x%': '%y%' }, for_each: { '%x%': ['a', 'b'], '%y%': ['1', '2'] } } },
      [{ n: 'a-1', a: '1' }, { n: 'a-2', a: '2' }, { n: 'b-1', b: '1' }, { n: 'b-2', b: '2' }],
    ],
    [{ repeat: { template: '%x%%y%', for_each: { '%x%': ['a', 'b'], '%y%': ['1', '2'] }, permutations: false } }, ['a1', 'b2']],
    [{ repeat: { template: '%x%', for_each: { '%x%': null } } }, []],
    [{ digest: ['md5', 'x'] }, '9dd4e461268c8034f5c8564e155c67a6'],
    [{ digest: ['sha512_256', 'x'] }, '6a1db6c1dd481f7aab2adb9c262b210edcca35624ec64c29ffca6857b1e30253'],
    [{ make_url: { scheme: 'http', host: 'h', port: 80, path: '/a b', query: { a: 'b c', d: 1 }, fragment: 'f' } }, 'http://h:80/a%20b?a=b+c&d=1#f'],
    [{ make_url: { scheme: 'https', username: 'u@', password: 'p:', host: '::1', path: 'x' } }, 'https://u%40:p%3A@[::1]/x'],
    [{ make_url: { path: '/x', query: { a: [1] } } }, '/x?a=%5B1%5D'],
    [{ list_concat: [['a'], null, ['b', 'a']] }, ['a', 'b', 'a']],
    [{ list_concat_unique: [['a'], ['b', 'a']] }, ['a', 'b']],
    [{ filter: [['a', null], ['a', 'b', null, 'a']] }, ['b']],
    [{ contains: ['a', ['a']] }, true],
    [{ contains: ['z', 'cab'] }, false],
    [{ if: ['yes', 'a', { get_resource: 'nowhere' }] }, 'a'],
    [{ if: ['no', 'a', { list_join: [',', ['b']] }] }, 'b'],
    [{ if: [{ equals: [{ get_param: 'number' }, 3] }, 'three', 'other'] }, 'three'],
    [{ if: [{ get_param: 'flag' }, 't', 'f'] }, 't'],
    [{ get_param: ['json', 'a', 1] }, 2],
    [{ get_param: ['json', 'nothing'] }, ''],
    [{ get_param: ['list', 1] }, ' y'],
    [{ get_param: ['text', 'x'] }, ''],
    [{ get_attr: ['r', 'value', 'a', 2, 'b'] }, 'c'],
    [{ get_attr: ['r', 'value', 'a', '0'] }, null],
    [{ get_attr: ['r', 'value', 'a', 9] }, null],
    [{ get_resource: 'r' }, 'id-of-r'],
    [{ get_file: 'f.txt' }, 'content\n'],
  ])('%j gives %j', (expression, result) => {
    expect(evaluate(expression)).toEqual(result);
  });

  it.each([
    [{ list_join: ['-', ['a', 1]] }, 'Items to join must be string, map or list not 1'],
    [{ list_join: [1, ['a']] }, '"list_join" delimiter must be a string'],
    [{ list_join: [',', 'abc'] }, '"list_join" must operate on a list'],
    [{ str_replace: { template: null, params: {} } }, '"str_replace" template must be a string'],
    [{ str_replace_strict: { template: 'abc', params: { zz: 1 } } }, 'The following params were not found in the template: zz'],
    [{ str_replace_vstrict: { template: 'a', params: { a: '' } } }, 'str_replace_vstrict has an undefined or empty value for param a, must be a defined non-empty value'],
    [{ str_split: [',', 'a,b', 9] }, 'Incorrect index to "str_split" should be between 0 and 1'],
    [{ str_split: [',', 5] }, "'int' object has no attribute 'split'"],
    [{ map_merge: ['a'] }, "Incorrect arguments: Items to merge must be maps. 'a' is type <class 'str'> instead of a dict"],
    [{ repeat: { template: '%x%', for_each: { '%x%': [1] } } }, 'replace() argument 2 must be str, not int'],
    [{ repeat: { template: 'x', for_each: { x: ['a'], y: ['1', '2'] }, permutations: false } }, 'For repeat, the length of for_each values should be equal if no nested loop.'],
    [{ contains: [{ a: 1 }, 'b'] }, "'in <string>' requires string as left operand, not dict"],
    [{ get_file: 'nofile' }, 'No content found in the "files" section for get_file path: nofile'],
    [{ get_param: [] }, 'Function "get_param" must have arguments'],
    [{ list_concat: ['a', ['b']] }, 'Incorrect arguments: Items to concat must be lists. ["a", ["b"]] contains an item that is not a list: "a"'],
  ])('%j cannot be evaluated', (expression, complaint) => {
    expect(() => evaluate(expression)).toThrow(new EvaluationError(complaint));
  });
});

describe('what is data', () => {
  it.each([
    ['a function of conditions', { equals: ['a', 'b'] }],
    ['a name that is no function', { get_thing: ['a'] }],
    ['a map with a second key', { get_param: 'text', x: 1 }],
  ])('%s stays as it is', (_what, expression) => {
    expect(evaluate(expression)).toEqual(expression);
  });

  it('a function of a later version stays as it is', () => {
    expect(evaluate({ list_concat: [['a']] }, '2014-10-16')).toEqual({ list_concat: [['a']] });
  });
});

describe('if with two arguments', () => {
  it.each([
    ['a property', { kept: 1, dropped: { if: ['no', 2] } }, { kept: 1 }],
    ['an item', [1, { if: ['no', 2] }, { if: ['yes', 3] }], [1, 3]],
  ])('leaves out %s when it is false', (_what, expression, result) => {
    expect(evaluate(expression, '2021-04-16')).toEqual(result);
  });
});

describe('what an expression refers to', () => {
  const expressions = new Expressions('2018-08-31');

  it('names the place of every reference', () => {
    const expression = { x: [{ list_join: [',', [{ get_resource: 'one' }]] }], y: { get_attr: ['two', 'a'] } };
    expect(expressions.references(expression, 'a.Properties', values)).toEqual([
      { resource: 'one', path: 'a.Properties.x[0].list_join[1][0]' },
      { resource: 'two', path: 'a.Properties.y' },
    ]);
  });

  it('counts only the branch of an if that is taken', () => {
    const expression = { if: ['yes', { get_resource: 'one' }, { get_resource: 'two' }] };
    expect(expressions.references(expression, '', values).map(({ resource }) => resource)).toEqual(['one']);
  });

  it('lists the attributes to be read', () => {
    expect(expressions.attributes([{ get_attr: ['one', 'a', 0] }, { get_attr: ['two'] }], values)).toEqual([
      ['one', 'a'],
      ['two', undefined],
    ]);
  });
});
