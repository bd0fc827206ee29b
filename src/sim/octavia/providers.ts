/** Octavia's reference driver, and the old name that is still an alias of it. */
export const providers = [
  { name: 'amphora', description: 'The Octavia Amphora driver.' },
  { name: 'octavia', description: 'Deprecated alias of the Octavia Amphora driver.' },
] as const;
