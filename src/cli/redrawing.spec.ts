import { describe, expect, it } from '@jest/globals';
import { Redrawing } from './redrawing.js';

function drawOn(stream: { isTTY?: boolean; columns?: number; rows?: number }, pictures: string[][]): string[] {
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
  const screen = new Redrawing({ write, ...stream });
  for (const lines of pictures) screen.draw(lines);
  return written;
}

describe('Redrawing', () => {
  it('draws over the last picture on a terminal', () => {
    expect(drawOn({ isTTY: true, columns: 80, rows: 24 }, [['a', 'b'], ['c']])).toEqual(['\u001b[Ja\nb\n', '\u001b[2A\u001b[Jc\n']);
  });

  it('never writes more than the terminal has room for', () => {
    const lines = ['one two three', '2', '3', '4', '5', '6'];
    expect(drawOn({ isTTY: true, columns: 8, rows: 5 }, [lines, lines])).toEqual(['\u001b[Jone two\n2\n3\n… 3 mor\n', '\u001b[4A\u001b[Jone two\n2\n3\n… 3 mor\n']);
  });

  it('prints new and changed lines once when nobody looks', () => {
    expect(drawOn({}, [['a', '├─ b'], ['a', '└─ b'], ['a', '│  └─ c  d']])).toEqual(['a\n', 'b\n', 'c  d\n']);
  });
});
