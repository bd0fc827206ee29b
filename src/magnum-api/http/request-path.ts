/** First path segments that are no part of the versioned API. */
const outsideOfV1 = new Set(['', 'v1', 'v1.json', 'healthcheck']);

/**
 * The URL as our routes spell it: Magnum's clients leave out `/v1` and append slashes as they like, so a
 * first segment that is not `v1` gets the prefix and trailing slashes go. The query string stays as it came.
 */
export function normaliseUrl(url: string): string {
  const queryStart = url.indexOf('?');
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const query = queryStart === -1 ? '' : url.slice(queryStart);
  const bare = path.replace(/\/+$/, '');
  if (bare === '' || bare === '/v1.json') return (bare === '' ? '/' : '/v1') + query;
  const first = bare.slice(1).split('/', 1)[0] ?? '';
  return (outsideOfV1.has(first) ? bare : `/v1${bare}`) + query;
}

/** The path without its query string. */
export const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;
