import { InvalidArgumentError } from 'commander';

/** Reads a whole number of at least `minimum`; anything else is a usage error. */
export const integer =
  (minimum: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum) throw new InvalidArgumentError(`expected a whole number from ${minimum} on`);
    return value;
  };
