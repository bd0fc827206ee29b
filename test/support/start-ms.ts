/** A database and a simulated cloud start within seconds, but not on a machine that runs everything at once. */
export const startMs = 120_000;
