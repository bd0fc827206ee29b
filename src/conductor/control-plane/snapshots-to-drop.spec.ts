import { describe, expect, it } from '@jest/globals';
import { snapshotsToDrop } from './snapshots-to-drop.js';

const savedAt = (hour: number): Date => new Date(Date.UTC(2030, 0, 1, hour));
const whole = (name: string, hour: number): { name: string; savedAt: Date; isWhole: boolean } => ({ name, savedAt: savedAt(hour), isWhole: true });

describe('snapshotsToDrop', () => {
  it('keeps the newest', () => {
    expect(snapshotsToDrop([whole('b', 2), whole('c', 3), whole('a', 1)], 2)).toEqual(['a']);
  });

  it('drops nothing while there are few', () => {
    expect(snapshotsToDrop([whole('a', 1)], 3)).toEqual([]);
  });

  it('drops pieces that nobody finishes, and leaves those alone that are being written', () => {
    const piece = { name: 'old.partial', savedAt: savedAt(0), isWhole: false };
    const fresh = { name: 'new.partial', savedAt: savedAt(40), isWhole: false };
    expect(snapshotsToDrop([piece, fresh, whole('a', 30)], 1)).toEqual(['old.partial']);
  });
});
