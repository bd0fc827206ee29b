const greekLetters = [
  'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa', 'lambda', 'mu',
  'nu', 'xi', 'omicron', 'pi', 'rho', 'sigma', 'tau', 'upsilon', 'phi', 'chi', 'psi', 'omega',
];

/** Name of an object that was given none: a Greek letter, 1–24 and what it is; `randomInt(n)` draws 0…n-1. */
export function generatedName(kind: 'cluster' | 'template', randomInt: (exclusiveMax: number) => number): string {
  const letter = greekLetters[randomInt(greekLetters.length)] ?? 'alpha';
  return `${letter}-${randomInt(24) + 1}-${kind}`;
}
