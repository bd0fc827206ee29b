export class LabelArgumentError extends Error {}

/**
 * Label options as OpenStack's client reads them: given once with several `=`, the text is split at `,` and `;`; given
 * several times, each is one label with its commas; a repeated key joins its values with a comma.
 */
export function parseLabels(given: readonly string[]): Record<string, string> {
  const [only] = given;
  const parts = given.length === 1 && only !== undefined && only.split('=').length > 2 ? only.split(/[,;]/) : given;
  const labels: Record<string, string> = {};
  for (const part of parts) {
    const split = part.indexOf('=');
    if (split < 1) throw new LabelArgumentError(`A label is KEY=VALUE, not ${JSON.stringify(part)}.`);
    const key = part.slice(0, split);
    const value = part.slice(split + 1);
    labels[key] = labels[key] === undefined ? value : `${labels[key]},${value}`;
  }
  return labels;
}
