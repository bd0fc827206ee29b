import { AmbiguousNameError } from '../domain/domain-error.js';

/** The only object, or undefined; several are refused, because taking one of them would be a guess. */
export function theOnlyOne<Item>(items: readonly Item[], kind: string, name: string): Item | undefined {
  if (items.length > 1) throw new AmbiguousNameError(kind, name);
  return items[0];
}

/** Services answer 400 to look-ups by an id of another form, so only what looks like an id is asked for as one. */
export const looksLikeId = (text: string): boolean => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text);
