const factors: Record<string, number> = { m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** A Kubernetes quantity (`250m`, `1Gi`) as a number; what cannot be read counts as nothing. */
export function quantity(text: string | undefined): number {
  const [, number, unit = ''] = /^([0-9.]+)([a-zA-Z]*)$/.exec(text ?? '') ?? [];
  return number === undefined ? 0 : Number(number) * (factors[unit] ?? 0);
}
