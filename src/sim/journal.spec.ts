import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from './journal.js';

interface Note {
  id: string;
  text: string;
}

let folder: string;
const open: Journal[] = [];
const journal = (compactAfterLines?: number): Journal => {
  const made = new Journal(folder, compactAfterLines);
  open.push(made);
  return made;
};
const lines = (): string[] => readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n').filter((line) => line !== '');
const notes = (of: Journal): Note[] => of.collection<Note>('notes').values();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => {
  for (const each of open.splice(0)) each.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a journal', () => {
  it('is read again as it was left, without being closed', () => {
    const first = journal().collection<Note>('notes');
    first.put({ id: '1', text: 'a' });
    first.put({ id: '2', text: 'b' });
    first.put({ id: '1', text: 'changed' });
    first.delete('2');
    expect(notes(journal())).toEqual([{ id: '1', text: 'changed' }]);
  });

  it('forgets a last line that was cut off', () => {
    journal().collection<Note>('notes').put({ id: '1', text: 'whole' });
    appendFileSync(join(folder, 'journal.jsonl'), '{"c":"notes","put":{"id":"2","te');
    expect(notes(journal())).toEqual([{ id: '1', text: 'whole' }]);
  });

  it('writes what belongs together in one go, also when the work throws', () => {
    const made = journal();
    const collection = made.collection<Note>('notes');
    expect(() =>
      made.atomically(() => {
        collection.put({ id: '1', text: 'a' });
        expect(lines()).toEqual([]);
        throw new Error('refused');
      }),
    ).toThrow('refused');
    expect(lines()).toHaveLength(1);
  });

  it('remembers what came into being, once each, also when it is gone again', () => {
    const of = journal();
    of.collection<Note & { name: string }>('notes').put({ id: '1', text: 'first', name: 'a' });
    of.collection<Note & { name: string }>('notes').put({ id: '1', text: 'changed', name: 'a' });
    of.collection<Note>('other').put({ id: '2', text: 'nameless' });
    of.collection<Note>('notes').delete('1');
    expect(of.creations()).toEqual([
      { collection: 'notes', id: '1', name: 'a' },
      { collection: 'other', id: '2', name: null },
    ]);
  });

  it('rewrites its file when it has grown long, and loses nothing', () => {
    const made = journal(10);
    const collection = made.collection<Note>('notes');
    for (let count = 1; count <= 25; count += 1) collection.put({ id: 'one', text: String(count) });
    made.atomically(() => {
      for (let count = 26; count <= 40; count += 1) collection.put({ id: 'one', text: String(count) });
    });
    expect(lines().length).toBeLessThan(10);
    expect(notes(journal())).toEqual([{ id: 'one', text: '40' }]);
  });
});
