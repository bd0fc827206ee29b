/** One page of a list and whether the service says that there is another. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
}

/**
 * Every item of a list that the service hands out in pages. Asks with the last item's id as marker instead of following the
 * service's link: behind a proxy its host is often one that only the service itself can reach.
 */
export async function collectPages<Item>(
  fetchPage: (marker: string | undefined) => Promise<Page<Item>>,
  idOf: (item: Item) => string,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let marker: string | undefined;
  for (;;) {
    const page = await fetchPage(marker);
    // Objects that come or go between two pages shift the rest, so one may be listed twice.
    for (const item of page.items) if (!seen.has(idOf(item))) items.push(item);
    const before = seen.size;
    for (const item of page.items) seen.add(idOf(item));
    const last = page.items.at(-1);
    // A page without anything new would be asked for for ever.
    if (!page.hasNext || !last || seen.size === before) return items;
    marker = idOf(last);
  }
}
