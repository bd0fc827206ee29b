import Table from 'cli-table3';
import { stringify } from 'yaml';
import type { Item } from './coe-client.js';

export type Format = 'table' | 'json' | 'yaml' | 'value' | 'csv';
export const formats: readonly Format[] = ['table', 'json', 'yaml', 'value', 'csv'];

export interface OutputOptions {
  readonly format: Format;
  /** Only these columns; empty: all. Their order stays the command's, as in OpenStack's client. */
  readonly columns: readonly string[];
}

/** A list as text. A field the server did not send is empty; null is `None` in tables, as OpenStack's client prints it. */
export function formatList(items: readonly Item[], columns: readonly string[], { format, columns: chosen }: OutputOptions): string {
  const shown = choose(columns, chosen);
  switch (format) {
    case 'json':
      return `${JSON.stringify(items.map((item) => pick(item, shown)), null, 2)}\n`;
    case 'yaml':
      return stringify(items.map((item) => pick(item, shown)));
    case 'value':
      return items.map((item) => `${shown.map((column) => plain(item[column])).join(' ')}\n`).join('');
    case 'csv':
      return [shown, ...items.map((item) => shown.map((column) => plain(item[column])))].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
    case 'table':
      return drawTable(shown, items.map((item) => shown.map((column) => plain(item[column]))));
  }
}

/** One object as text: two columns in a table, one object otherwise. */
export function formatRecord(item: Item, columns: readonly string[], { format, columns: chosen }: OutputOptions, nullText?: string): string {
  const shown = choose(columns, chosen);
  switch (format) {
    case 'json':
      return `${JSON.stringify(pick(item, shown), null, 2)}\n`;
    case 'yaml':
      return stringify(pick(item, shown));
    case 'value':
      return shown.map((column) => `${plain(item[column])}\n`).join('');
    case 'csv':
      return ['Field,Value', ...shown.map((column) => `${csvCell(column)},${csvCell(plain(item[column]))}`)].map((line) => `${line}\n`).join('');
    case 'table':
      return drawTable(['Field', 'Value'], shown.map((column) => [column, plain(item[column], nullText)]));
  }
}

export class UnknownColumnError extends Error {}

function choose(known: readonly string[], chosen: readonly string[]): readonly string[] {
  const unknown = chosen.filter((column) => !known.includes(column));
  if (unknown.length > 0) throw new UnknownColumnError(`There is no column ${unknown.join(', ')}. Columns: ${known.join(', ')}.`);
  return chosen.length > 0 ? known.filter((column) => chosen.includes(column)) : known;
}

const pick = (item: Item, columns: readonly string[]): Item => Object.fromEntries(columns.map((column) => [column, item[column] ?? (column in item ? null : '')]));

/** Objects and lists print as JSON in one line; OpenStack's client would print Python literals, which nothing parses. */
function plain(value: unknown, nullText = 'None'): string {
  if (value === undefined) return '';
  if (value === null) return nullText;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

const csvCell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** OpenStack's client draws with ASCII characters; scripts that cut columns rely on it. */
function drawTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const ascii = { top: '-', 'top-mid': '+', 'top-left': '+', 'top-right': '+', bottom: '-', 'bottom-mid': '+', 'bottom-left': '+', 'bottom-right': '+' };
  const body = { left: '|', 'left-mid': '+', mid: '-', 'mid-mid': '+', right: '|', 'right-mid': '+', middle: '|' };
  const table = new Table({ head: [...head], chars: { ...ascii, ...body }, style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  return `${table.toString()}\n`;
}
