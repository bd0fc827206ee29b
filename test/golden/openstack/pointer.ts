import type { Json } from './exchange.js';

/**
 * RFC 6901, without escapes: no key of ours holds `/` or `~`. In a list, `name=x` stands for the element whose `name` is x.
 * Undefined when there is nothing.
 */
export function at(pointer: string, value: Json): Json | undefined {
  let here: Json | undefined = value;
  for (const key of pointer.split('/').slice(1)) {
    if (Array.isArray(here)) here = key.includes('=') ? elementWith(here, key) : here[Number(key)];
    else if (here !== null && typeof here === 'object') here = here[key];
    else return undefined;
  }
  return here;
}

function elementWith(list: readonly Json[], condition: string): Json | undefined {
  const [key = '', wanted] = condition.split('=');
  return list.find((element) => at(`/${key}`, element) === wanted);
}

/** Whether `pattern` (`*` = any one key or index) names `pointer` or something above it. */
export function covers(pattern: string, pointer: string): boolean {
  const wanted = pattern.split('/');
  const found = pointer.split('/');
  return wanted.length <= found.length && wanted.every((key, index) => key === '*' || key === found[index]);
}
