import type { Json } from './exchange.js';

/** RFC 6901, without escapes: no key of ours holds `/` or `~`. Undefined when there is nothing. */
export function at(pointer: string, value: Json): Json | undefined {
  let here: Json | undefined = value;
  for (const key of pointer.split('/').slice(1)) {
    if (Array.isArray(here)) here = here[Number(key)];
    else if (here !== null && typeof here === 'object') here = here[key];
    else return undefined;
  }
  return here;
}

/** Whether `pattern` (`*` = any one key or index) names `pointer` or something above it. */
export function covers(pattern: string, pointer: string): boolean {
  const wanted = pattern.split('/');
  const found = pointer.split('/');
  return wanted.length <= found.length && wanted.every((key, index) => key === '*' || key === found[index]);
}
