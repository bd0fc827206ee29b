/** Looks again and again, 20 times a second, so that what is measured is not the looking. Throws after `giveUpSeconds`. */
export async function until(condition: () => Promise<boolean>, giveUpSeconds: number, what: string): Promise<void> {
  const giveUpAt = performance.now() + giveUpSeconds * 1000;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`Waited ${giveUpSeconds} s in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const secondsSince = (started: number): number => (performance.now() - started) / 1000;
