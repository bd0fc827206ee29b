import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../../json.js';
import { HeatError } from '../heat-error.js';
import type { StackRecord } from '../stack/records.js';
import { booleanQuery, integerOf, queryOf } from './heat-request.js';
import type { Heat } from './heat.js';
import { stackSummary } from './stack-view.js';

/** Answers `GET /stacks`: filters, newest first, then a page. */
export function listStacks(heat: Heat, request: FastifyRequest, projectId: string, isAdmin: boolean): JsonObject {
  const filters = filtersOf(request);
  const limit = queryOf(request, 'limit');
  const pageSize = limit === undefined ? undefined : integerOf(limit, 'limit');
  const showNested = booleanQuery(request, 'show_nested', false);
  const showDeleted = booleanQuery(request, 'show_deleted', false);
  const found = heat.store
    .stacks()
    // Heat shows an admin every project's stacks, whatever project the token is of (and says whose each is).
    .filter((stack) => (isAdmin || stack.projectId === projectId) && (showDeleted || stack.deletedAt === null))
    .filter((stack) => showNested || stack.parent === null)
    .filter((stack) => filters.every((isWanted) => isWanted(stack)))
    .sort((one, other) => other.sequence - one.sequence);
  const sorted = queryOf(request, 'sort_dir') === 'asc' ? found.reverse() : found;
  const marker = queryOf(request, 'marker');
  // A marker that is not there is ignored, as in Heat.
  const start = sorted.findIndex((stack) => stack.id === marker) + 1;
  const page = sorted.slice(start, pageSize === undefined ? undefined : start + pageSize);
  const isFull = pageSize !== undefined && pageSize > 0 && page.length === pageSize;
  return {
    stacks: page.map((stack) => stackSummary(heat, stack, isAdmin)),
    ...(isFull ? { links: [{ rel: 'next', href: nextPage(heat, request, page.at(-1)) }] } : {}),
    ...(booleanQuery(request, 'with_count', false) ? { count: found.length } : {}),
  };
}

type Filter = (stack: StackRecord) => boolean;

/** Heat 24 stumbles over these when they come together with `tags`. */
const clashingWithTags = ['name', 'status', 'action', 'username'];

function filtersOf(request: FastifyRequest): Filter[] {
  if (queryOf(request, 'tags') !== undefined && clashingWithTags.some((name) => queryOf(request, name) !== undefined)) {
    throw new HeatError(500, 'RemoteError', null);
  }
  const filters: Filter[] = [];
  const add = (name: string, make: (value: string) => Filter): void => {
    const value = queryOf(request, name);
    if (value !== undefined && value !== '') filters.push(make(value));
  };
  const tags = (value: string): string[] => value.split(',');
  add('tags', (value) => (stack) => tags(value).every((tag) => stack.tags.includes(tag)));
  add('tags_any', (value) => (stack) => tags(value).some((tag) => stack.tags.includes(tag)));
  add('not_tags', (value) => (stack) => !tags(value).every((tag) => stack.tags.includes(tag)));
  add('not_tags_any', (value) => (stack) => !tags(value).some((tag) => stack.tags.includes(tag)));
  add('name', (value) => (stack) => stack.name === value);
  add('id', (value) => (stack) => stack.id === value);
  add('status', (value) => (stack) => stack.status === value);
  add('action', (value) => (stack) => stack.action === value);
  add('tenant', (value) => (stack) => stack.projectId === value);
  add('username', (value) => (stack) => stack.userName === value);
  return filters;
}

function nextPage(heat: Heat, request: FastifyRequest, last: StackRecord | undefined): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  query.delete('marker');
  if (last) query.append('marker', last.id);
  return `${heat.context.baseUrl('orchestration')}${request.url.split('?')[0] ?? ''}?${query.toString()}`;
}
