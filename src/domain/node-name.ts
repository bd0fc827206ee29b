const suffixAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const suffixLength = 5;

/**
 * A piece of an RFC 1123 label made of what a person typed: lower case, anything else becomes one dash, no dash at the
 * ends, at most `lengthMax` characters. Cluster names may be 242 characters with `_` and `.`; an empty result becomes "x".
 */
export function slug(text: string, lengthMax: number): string {
  const clean = text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, lengthMax).replace(/-+$/, '');
  return clean === '' ? 'x' : clean;
}

/**
 * The name of a new node: server name, host name and Kubernetes node name at once (at most 47 characters, the limit of
 * Heat's server names is 53). A name is stored before it is used and never used twice; `randomInt(n)` draws 0…n-1.
 */
export function drawNodeName(clusterName: string, groupName: string, randomInt: (exclusiveMax: number) => number): string {
  let suffix = '';
  for (let i = 0; i < suffixLength; i++) suffix += suffixAlphabet.charAt(randomInt(suffixAlphabet.length));
  return `${nodeNamePrefix(clusterName)}${slug(groupName, 16)}-${suffix}`;
}

/** What the names of all nodes of a cluster begin with; those of an equally named cluster do so too. */
export const nodeNamePrefix = (clusterName: string): string => `${slugStartingWithLetter(clusterName, 24)}-`;

/** Heat and older DNS tools want host names that begin with a letter. */
function slugStartingWithLetter(text: string, lengthMax: number): string {
  const clean = slug(text, lengthMax);
  return /^[a-z]/.test(clean) ? clean : slug(`c-${clean}`, lengthMax);
}
