import { describe, expect, it } from '@jest/globals';
import { collectPages, type Page } from './pagination.js';

const idOf = (item: string): string => item;

/** Hands out `size` items after the marker, as the services do. */
const service =
  (items: readonly string[], size: number) =>
  (marker: string | undefined): Promise<Page<string>> => {
    const start = marker === undefined ? 0 : items.indexOf(marker) + 1;
    return Promise.resolve({ items: items.slice(start, start + size), hasNext: start + size < items.length });
  };

describe('collectPages', () => {
  it.each([1, 2, 3, 4, 5, 100])('collects everything in pages of %d', async (size) => {
    expect(await collectPages(service(['a', 'b', 'c', 'd'], size), idOf)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lists what shifts into two pages once', async () => {
    const pages = [{ items: ['a', 'b'], hasNext: true }, { items: ['b', 'c'], hasNext: false }];
    expect(await collectPages(() => Promise.resolve(pages.shift() ?? { items: [], hasNext: false }), idOf)).toEqual(['a', 'b', 'c']);
  });

  it('ends when a service hands out the same page for ever', async () => {
    expect(await collectPages(() => Promise.resolve({ items: ['a', 'b'], hasNext: true }), idOf)).toEqual(['a', 'b']);
  });
});
