/** What a request asks for, read from method and path alone: authorization needs it before anything is looked up. */
export interface RequestInfo {
  isResource: boolean;
  path: string;
  query: URLSearchParams;
  verb: string;
  group: string;
  version: string;
  plural: string;
  namespace?: string;
  name?: string;
  subresource?: string;
}

const namespaceSubresources = new Set(['status', 'finalize']);

export function requestInfoOf(method: string, url: string): RequestInfo {
  const { pathname, searchParams } = new URL(url, 'https://kubernetes');
  const parts = pathname.split('/').filter((part) => part !== '').map(decodeURIComponent);
  const base = { path: pathname, query: searchParams, group: '', version: '', plural: '' };
  const isCore = parts[0] === 'api' && parts.length > 2;
  const isGroup = parts[0] === 'apis' && parts.length > 3;
  if (!isCore && !isGroup) return { ...base, isResource: false, verb: method.toLowerCase() };
  const [group = '', version = ''] = isCore ? ['', parts[1]] : [parts[1], parts[2]];
  const found = { ...base, isResource: true, group, version, ...locate(parts.slice(isCore ? 2 : 3)) };
  return { ...found, verb: verbOf(method, found.name, searchParams) };
}

type Location = Pick<RequestInfo, 'plural' | 'namespace' | 'name' | 'subresource'>;

/** `nodes/n/status`, `namespaces/ns/pods/p/eviction`, and namespaces themselves with their own subresources. */
function locate(parts: string[]): Location {
  const [first = '', second, third, ...rest] = parts;
  const isInNamespace = first === 'namespaces' && second !== undefined && third !== undefined && !(namespaceSubresources.has(third) && rest.length === 0);
  if (isInNamespace) return { namespace: second, plural: third, ...named(rest[0], rest.slice(1)) };
  return { plural: first, ...named(second, third === undefined ? [] : [third, ...rest]) };
}

const named = (name: string | undefined, rest: string[]): Pick<Location, 'name' | 'subresource'> => ({
  ...(name !== undefined && { name }),
  ...(rest.length > 0 && { subresource: rest.join('/') }),
});

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (name !== undefined) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
}

export const isTrue = (value: string | null): boolean => value === '1' || value === 'true' || value === '';
