import { isStorable } from './lenient-scalars.js';

/** How a path names an object: uuids with or without dashes are ids, anything else is a name. */
export type Identity = { readonly kind: 'id'; readonly id: string } | { readonly kind: 'name'; readonly name: string } | { readonly kind: 'nothing' };

const undashed = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

export function identify(reference: string): Identity {
  const match = undashed.exec(reference);
  if (match) return { kind: 'id', id: match.slice(1).join('-').toLowerCase() };
  // What the database could not even hold names nothing.
  return isStorable(reference) && reference !== '' ? { kind: 'name', name: reference } : { kind: 'nothing' };
}
