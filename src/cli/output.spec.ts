import { describe, expect, it } from '@jest/globals';
import { formatList, formatRecord, UnknownColumnError, type Format } from './output.js';

const items = [
  { uuid: '1', name: 'blue', labels: { a: '1' }, keypair: null, secret: 'not asked for' },
  { uuid: '2', name: 'a "quoted", one', labels: {}, keypair: 'demo' },
];
const columns = ['uuid', 'name', 'labels', 'keypair', 'unsent'];
const as = (format: Format, ...chosen: string[]) => ({ format, columns: chosen });

describe('formatList', () => {
  it.each([
    {
      format: 'table' as const,
      then: [
        '+------+-----------------+-----------+---------+--------+',
        '| uuid | name            | labels    | keypair | unsent |',
        '+------+-----------------+-----------+---------+--------+',
        '| 1    | blue            | {"a":"1"} | None    |        |',
        '| 2    | a "quoted", one | {}        | demo    |        |',
        '+------+-----------------+-----------+---------+--------+',
        '',
      ].join('\n'),
    },
    { format: 'value' as const, then: '1 blue {"a":"1"} None \n2 a "quoted", one {} demo \n' },
    { format: 'csv' as const, then: 'uuid,name,labels,keypair,unsent\n1,blue,"{""a"":""1""}",None,\n2,"a ""quoted"", one",{},demo,\n' },
    { format: 'yaml' as const, then: '- uuid: "1"\n  name: blue\n  labels:\n    a: "1"\n  keypair: null\n  unsent: ""\n- uuid: "2"\n  name: a "quoted", one\n  labels: {}\n  keypair: demo\n  unsent: ""\n' },
  ])('prints $format', ({ format, then }) => {
    expect(formatList(items, columns, as(format))).toBe(then);
  });

  it('prints JSON with real objects and null', () => {
    expect(JSON.parse(formatList(items, columns, as('json')))).toEqual([
      { uuid: '1', name: 'blue', labels: { a: '1' }, keypair: null, unsent: '' },
      { uuid: '2', name: 'a "quoted", one', labels: {}, keypair: 'demo', unsent: '' },
    ]);
  });

  it.each(['json', 'yaml'] as const)('prints an empty list as %s', (format) => {
    expect(formatList([], columns, as(format)).trim()).toBe('[]');
  });

  it('keeps to the chosen columns, in the order of the command', () => {
    expect(formatList(items, columns, as('value', 'name', 'uuid'))).toBe('1 blue\n2 a "quoted", one\n');
  });

  it('refuses a column that the command does not have', () => {
    expect(() => formatList(items, columns, as('value', 'secret'))).toThrow(UnknownColumnError);
  });
});

describe('formatRecord', () => {
  const template = { name: 'k8s', public: false, keypair_id: null };
  const fields = ['name', 'public', 'keypair_id'];
  it.each([
    { format: 'table' as const, then: '+------------+-------+\n| Field      | Value |\n+------------+-------+\n| name       | k8s   |\n| public     | False |\n| keypair_id | -     |\n+------------+-------+\n' },
    { format: 'json' as const, then: '{\n  "name": "k8s",\n  "public": false,\n  "keypair_id": null\n}\n' },
    { format: 'yaml' as const, then: 'name: k8s\npublic: false\nkeypair_id: null\n' },
    { format: 'value' as const, then: 'k8s\nFalse\nNone\n' },
    { format: 'csv' as const, then: 'Field,Value\nname,k8s\npublic,False\nkeypair_id,None\n' },
  ])('prints $format', ({ format, then }) => {
    expect(formatRecord(template, fields, as(format), '-')).toBe(then);
  });
});
