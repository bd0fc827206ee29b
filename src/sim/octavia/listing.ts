import type { FastifyRequest } from 'fastify';
import { pythonStr } from '../python-repr.js';
import { refuse } from './octavia-errors.js';

type View = Record<string, unknown>;
const reserved = ['fields', 'limit', 'marker', 'sort', 'page_reverse', 'tags', 'tags-any', 'not-tags', 'not-tags-any'];
const many = (value: unknown): string[] => (Array.isArray(value) ? value.map(pythonStr) : value === undefined ? [] : [pythonStr(value)]);

/** A collection: filtered, and cut to the wanted fields. Throws 400 for a filter that no resource of the kind has. */
export function listed(request: FastifyRequest, key: string, views: View[], attributes: readonly string[]): View {
  const query = request.query as Record<string, unknown>;
  const filters = Object.entries(query).filter(([name]) => !reserved.includes(name));
  if (filters.some(([name]) => !attributes.includes(name))) throw refuse(400, 'One or more arguments are either duplicate or invalid');
  const tags = many(query['tags']).flatMap((each) => each.split(','));
  const found = views.filter((view) => filters.every(([name, wanted]) => many(wanted).some((value) => sameText(view[name], value))) && tags.every((tag) => many(view['tags']).includes(tag)));
  return { [key]: found.map((view) => picked(request, view)), [`${key}_links`]: [] };
}

export function picked(request: FastifyRequest, view: View): View {
  const fields = many((request.query as Record<string, unknown>)['fields']);
  return fields.length === 0 ? view : Object.fromEntries(Object.entries(view).filter(([name]) => fields.includes(name)));
}

function sameText(value: unknown, wanted: string): boolean {
  if (typeof value === 'boolean') return value === ['true', 'True', '1'].includes(wanted);
  return (value === null || value === undefined ? '' : pythonStr(value)) === wanted;
}
