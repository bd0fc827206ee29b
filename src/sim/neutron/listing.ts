import type { FastifyRequest } from 'fastify';
import { isObject } from '../json.js';
import { pythonRepr, pythonStr } from '../python-repr.js';
import { badRequest } from './neutron-errors.js';

type View = Record<string, unknown>;

const reserved = ['fields', 'limit', 'marker', 'sort_key', 'sort_dir', 'page_reverse', 'tags', 'tags-any', 'not-tags', 'not-tags-any'];

/** Filters that are no attributes. */
const oddFilters = ['fixed_ips', 'changed_since', 'security_groups'];

const many = (value: unknown): string[] => (Array.isArray(value) ? value.map(pythonStr) : value === undefined ? [] : [pythonStr(value)]);
const commaSeparated = (value: unknown): string[] => many(value).flatMap((each) => each.split(','));

/** A Neutron collection: filtered, sorted, cut to a page and to the wanted fields. */
export function listed(request: FastifyRequest, key: string, views: View[]): Record<string, unknown> {
  const query = request.query as Record<string, unknown>;
  refuseUnknownFilters(views, query);
  const found = sorted(views.filter((view) => matchesTags(view, query) && matchesFilters(view, query)), query);
  const limit = Number(query['limit'] ?? 0);
  const start = query['marker'] === undefined ? 0 : found.findIndex((view) => view['id'] === query['marker']) + 1;
  const page = limit > 0 ? found.slice(start, start + limit) : found.slice(start);
  const more = limit > 0 && found.length > start + limit;
  return { [key]: page.map((view) => picked(view, query)), ...(more && { [`${key}_links`]: [{ rel: 'next', href: nextPage(request, page.at(-1)) }] }) };
}

/** Throws 400 for a filter that no resource of the kind has; an empty collection cannot tell, and finds nothing anyway. */
function refuseUnknownFilters(views: View[], query: Record<string, unknown>): void {
  const [sample] = views;
  if (!sample) return;
  const unknown = Object.keys(query).filter((name) => !reserved.includes(name) && !(name in sample) && !oddFilters.includes(name));
  if (unknown.length > 0) throw badRequest(`${pythonRepr(unknown)} is invalid attribute for filtering`);
}

function nextPage(request: FastifyRequest, last: View | undefined): string {
  const url = new URL(request.url, `http://${request.headers.host ?? 'localhost'}`);
  url.searchParams.set('marker', String(last?.['id']));
  return url.toString();
}

function matchesFilters(view: View, query: Record<string, unknown>): boolean {
  return Object.entries(query).every(([name, wanted]) => {
    if (reserved.includes(name)) return true;
    if (name === 'fixed_ips') return many(wanted).every((condition) => matchesFixedAddress(view, condition));
    if (!(name in view)) return true;
    return many(wanted).some((value) => sameText(view[name], value));
  });
}

/** `ip_address=10.0.0.5`, `subnet_id=…`, `ip_address_substr=10.0.` */
function matchesFixedAddress(view: View, condition: string): boolean {
  const [field = '', value = ''] = condition.split(/=(.*)/s);
  const fixed = Array.isArray(view['fixed_ips']) ? view['fixed_ips'].filter(isObject) : [];
  if (field === 'ip_address_substr') return fixed.some((each) => String(each['ip_address']).includes(value));
  return fixed.some((each) => String(each[field]) === value);
}

function sameText(value: unknown, wanted: string): boolean {
  if (typeof value === 'boolean') return value === ['true', 'True', '1'].includes(wanted);
  if (Array.isArray(value)) return value.map(String).includes(wanted);
  return (value === null || value === undefined ? '' : pythonStr(value)) === wanted;
}

function matchesTags(view: View, query: Record<string, unknown>): boolean {
  const tags = new Set(many(view['tags']));
  const all = commaSeparated(query['tags']);
  const any = commaSeparated(query['tags-any']);
  const none = commaSeparated(query['not-tags']);
  return all.every((tag) => tags.has(tag)) && (any.length === 0 || any.some((tag) => tags.has(tag))) && (none.length === 0 || !none.every((tag) => tags.has(tag)));
}

function sorted(views: View[], query: Record<string, unknown>): View[] {
  const keys = many(query['sort_key']);
  const directions = many(query['sort_dir']);
  if (keys.length === 0) return views;
  return [...views].sort((one, other) => {
    for (const [index, key] of keys.entries()) {
      const order = String(one[key]).localeCompare(String(other[key])) * (directions[index] === 'desc' ? -1 : 1);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function picked(view: View, query: Record<string, unknown>): View {
  const fields = many(query['fields']);
  return fields.length === 0 ? view : Object.fromEntries(Object.entries(view).filter(([name]) => fields.includes(name)));
}
