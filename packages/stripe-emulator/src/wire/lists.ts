import type { Row } from '../store/rows.ts';
import type { Kind, Tables } from '../store/tables.ts';
import type { World } from '../world.ts';
import { invalidRequest, noSuchObject } from './errors.ts';
import type { Params } from './params.ts';
import { render } from './render.ts';

/** Pages of a kind, newest first, as `{ object: 'list', data, has_more, url }`. */
export function listOf<K extends Kind>(
  world: World,
  kind: K,
  options: { params: Params; url: string; matches?: (row: Tables[K]) => boolean },
) {
  const { params, url } = options;
  const inRange = createdFilter(params);
  const matches = (row: Tables[K]) => inRange(row) && (options.matches?.(row) ?? true);
  return page(world.store.newestFirst(kind), { params, url, kind, matches });
}

export interface PageOptions<T> {
  params: Params;
  url: string;
  kind: string;
  matches?: (row: T) => boolean;
}

/** Pages of rows that are already at hand, in their own order. */
export function page<T extends Row>(rows: Iterable<T>, options: PageOptions<T>) {
  const { params, url } = options;
  const limit = readLimit(params);
  if (params.has('starting_after') && params.has('ending_before')) {
    throw invalidRequest('You may only specify one of starting_after, ending_before');
  }
  const { found, hasMore } = params.has('ending_before')
    ? pageBefore(rows, options, limit)
    : pageAfter(rows, options, limit);
  return { object: 'list', data: found.map(render), has_more: hasMore, url };
}

/** 1 to 100, by default 10. */
export function readLimit(params: Params): number {
  const limit = params.integer('limit') ?? 10;
  if (limit >= 1 && limit <= 100) return limit;
  const bound = limit < 1 ? 'greater than or equal to 1' : 'less than or equal to 100';
  const message = `This value must be ${bound} (it currently is '${limit}').`;
  throw invalidRequest(message, 'limit', 'parameter_invalid_integer');
}

function pageAfter<T extends Row>(
  rows: Iterable<T>,
  { params, kind, matches }: PageOptions<T>,
  limit: number,
) {
  const after = params.text('starting_after');
  const found: T[] = [];
  let isOpen = after === undefined;
  for (const row of rows) {
    if (!isOpen) isOpen = row.id === after;
    else if (!matches || matches(row)) found.push(row);
    if (found.length > limit) break;
  }
  if (!isOpen && after) throw noSuchObject(kind, after, 'starting_after');
  return { found: found.slice(0, limit), hasMore: found.length > limit };
}

function pageBefore<T extends Row>(
  rows: Iterable<T>,
  { params, kind, matches }: PageOptions<T>,
  limit: number,
) {
  const before = params.requireText('ending_before');
  const found: T[] = [];
  let isKnown = false;
  for (const row of rows) {
    isKnown = row.id === before;
    if (isKnown) break;
    if (!matches || matches(row)) found.push(row);
  }
  if (!isKnown) throw noSuchObject(kind, before, 'ending_before');
  return { found: found.slice(-limit), hasMore: found.length > limit };
}

/** The list form of everything at hand, for lists inside objects. */
export function wholeList<T>(data: T[], url: string) {
  return { object: 'list' as const, data, has_more: false, url, total_count: data.length };
}

function createdFilter(params: Params): (row: Row) => boolean {
  if (!params.has('created')) return () => true;
  if (typeof params.raw.created === 'string') {
    const exact = params.integer('created');
    return (row) => createdAt(row) === exact;
  }
  const range = params.sub('created');
  const over = range?.integer('gt') ?? Number.NEGATIVE_INFINITY;
  const from = range?.integer('gte') ?? Number.NEGATIVE_INFINITY;
  const under = range?.integer('lt') ?? Number.POSITIVE_INFINITY;
  const upTo = range?.integer('lte') ?? Number.POSITIVE_INFINITY;
  return (row) => {
    const created = createdAt(row);
    return (
      typeof created === 'number' && created > over && created >= from && created < under && created <= upTo
    );
  };
}

/** Invoice items call it `date`. */
function createdAt(row: Row): unknown {
  return row.created ?? row.date;
}
