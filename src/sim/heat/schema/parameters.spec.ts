import { describe, expect, it } from '@jest/globals';
import type { CustomCheck } from './constraint.js';
import { Parameters } from './parameters.js';

const identity = { id: 'stack-id', name: 'stack-name', projectId: 'project-id' };
const nothingKnown: CustomCheck = (name) => Promise.resolve(`no such ${name}`);
const make = (section: Record<string, unknown>, given: Record<string, unknown> = {}, defaults: Record<string, unknown> = {}): Parameters =>
  new Parameters(section, identity, given, defaults);

describe('values', () => {
  it.each([
    ['number', '3.50', 3.5, '3.5'],
    ['number', 3, 3, '3'],
    ['boolean', 'on', true, 'True'],
    ['boolean', 'no', false, 'False'],
    ['string', 5, '5', '5'],
    ['string', true, 'True', 'True'],
    ['json', { a: [1, 2] }, { a: [1, 2] }, '{"a": [1, 2]}'],
    ['json', '{"a": 1}', { a: 1 }, '{"a": 1}'],
    ['comma_delimited_list', 'x, y', ['x', ' y'], 'x, y'],
    ['comma_delimited_list', ['a', 'b'], ['a', 'b'], 'a,b'],
    ['comma_delimited_list', '', [], ''],
  ])('%s %j', (type, given, value, shown) => {
    const parameters = make({ p: { type } }, { p: given });
    expect({ value: parameters.get('p'), shown: parameters.shown()['p'] }).toEqual({ value, shown });
  });

  it('come from the request, else from parameter_defaults, else from the template', () => {
    const section = { p: { type: 'string', default: 'template' } };
    expect(make(section, { p: 'request' }, { p: 'environment' }).get('p')).toBe('request');
    expect(make(section, {}, { p: 'environment' }).get('p')).toBe('environment');
    expect(make(section, { p: null }).get('p')).toBe('template');
  });

  it('hidden ones are shown as asterisks and read in clear', () => {
    const parameters = make({ p: { type: 'string', hidden: true } }, { p: 'secret' });
    expect({ shown: parameters.shown()['p'], read: parameters.get('p') }).toEqual({ shown: '******', read: 'secret' });
  });

  it('know the stack', () => {
    expect(make({}).shown()).toEqual({ 'OS::stack_id': 'stack-id', 'OS::project_id': 'project-id', 'OS::stack_name': 'stack-name' });
    expect(make({}).get('OS::stack_name')).toBe('stack-name');
  });
});

describe('refused values', () => {
  const constraint = (type: string, ...constraints: object[]): object => ({ p: { type, constraints } });
  it.each([
    [{ p: { type: 'string' } }, undefined, 'UserParameterMissing', 'The Parameter (p) was not provided.'],
    [{ p: { type: 'number' } }, 'abc', 'StackValidationFailed', "Parameter 'p' is invalid: could not convert string to float: 'abc'"],
    [{ p: { type: 'boolean' } }, 'maybe', 'StackValidationFailed', "Parameter 'p' is invalid: Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'"],
    [{ p: { type: 'json' } }, 'maybe', 'StackValidationFailed', "Parameter 'p' is invalid: Value must be valid JSON: Expecting value: line 1 column 1 (char 0)"],
    [constraint('number', { range: { min: 1, max: 5 } }), 7, 'StackValidationFailed', "Parameter 'p' is invalid: 7 is out of range (min: 1, max: 5)"],
    [constraint('number', { range: { min: 1 }, description: 'at least 1' }), 0, 'StackValidationFailed', "Parameter 'p' is invalid: at least 1"],
    [constraint('string', { length: { max: 4 } }), 'abcdef', 'StackValidationFailed', "Parameter 'p' is invalid: length (6) is out of range (min: None, max: 4)"],
    [constraint('string', { allowed_values: ['a', 'b'] }), 'c', 'StackValidationFailed', 'Parameter \'p\' is invalid: "c" is not an allowed value ["a", "b"]'],
    [constraint('string', { allowed_pattern: '[a-z]+' }), 'aB', 'StackValidationFailed', 'Parameter \'p\' is invalid: "aB" does not match pattern "[a-z]+"'],
    [constraint('number', { modulo: { step: 2, offset: 0 } }), 3, 'StackValidationFailed', "Parameter 'p' is invalid: 3 is not a multiple of 2 with an offset of 0"],
    [constraint('comma_delimited_list', { length: { min: 3 } }), 'a,b', 'StackValidationFailed', "Parameter 'p' is invalid: length (2) is out of range (min: 3, max: None)"],
    [constraint('string', { custom_constraint: 'nova.flavor' }), '', 'StackValidationFailed', "Parameter 'p' is invalid: no such nova.flavor"],
  ])('%j refuses %j', async (section, given, type, text) => {
    await expect(make(section as Record<string, unknown>, { p: given }).check(nothingKnown)).rejects.toMatchObject({ type, text });
  });

  it('a parameter that the template does not have', async () => {
    await expect(make({}, { zz: 1 }).check(nothingKnown)).rejects.toMatchObject({ type: 'UnknownUserParameter', text: 'The Parameter (zz) was not defined in template.' });
  });
});

describe('refused schemas', () => {
  it.each([
    ['x', 'Invalid parameter (p), expected a mapping'],
    [{}, 'Missing parameter type for parameter: p'],
    [{ type: 'strin' }, 'Invalid type (strin)'],
    [{ type: 'string', foo: 1 }, "Invalid key 'foo' for parameter (p)"],
    [{ type: 'string', constraints: {} }, 'Invalid parameter constraints for parameter p, expected a list'],
    [{ type: 'string', constraints: [{ foo: 1 }] }, "Invalid key 'foo' for parameter constraints"],
    [{ type: 'string', constraints: [{ description: 'x' }] }, 'No constraint expressed'],
    [{ type: 'string', constraints: [{ range: { min: 1 } }] }, "Parameter 'p' is invalid: Range constraint invalid for string"],
    [{ type: 'number', constraints: [{ range: { mn: 1 } }] }, "Invalid key 'mn' for range constraint"],
    [{ type: 'number', constraints: [{ range: {} }] }, 'A range constraint must have a min value and/or a max value specified.'],
    [{ type: 'number', constraints: [{ modulo: { step: 0, offset: 0 } }] }, 'step cannot be 0.'],
    [{ type: 'number', default: 9, constraints: [{ range: { max: 5 } }] }, "Parameter 'p' is invalid: Invalid default 9 (9 is out of range (min: None, max: 5))"],
  ])('%j', (schema, message) => {
    expect(() => make({ p: schema })).toThrow(message);
  });
});
