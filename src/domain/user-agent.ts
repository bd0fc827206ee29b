/** How we introduce ourselves to services and clusters: `jeroboam`, and in brackets what a call is for. */
export const userAgent = (purpose: string | undefined): string => (purpose === undefined ? 'jeroboam' : `jeroboam (${purpose})`);
