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

/** Pages of rows that are already at hand, in their own order. */
export function page<T extends Row>(
  rows: Iterable<T>,
  options: { params: Params; url: string; kind: string; matches?: (row: T) => boolean },
) {
  const { params, url, kind } = options;
  const limit = params.integer('limit') ?? 10;
  if (limit < 1 || limit > 100) throw invalidRequest('Invalid limit: must be between 1 and 100', 'limit');
  const after = params.text('starting_after');
  const before = params.text('ending_before');
  if (after && before) throw invalidRequest('You may only specify one of starting_after, ending_before');
  const found: T[] = [];
  let hasMore = false;
  let isOpen = after === undefined;
  for (const row of rows) {
    if (row.id === before) break;
    if (!isOpen) {
      isOpen = row.id === after;
      continue;
    }
    if (options.matches && !options.matches(row)) continue;
    found.push(row);
    if (before === undefined && found.length > limit) {
      hasMore = true;
      found.pop();
      break;
    }
  }
  if (!isOpen && after) throw noSuchObject(kind, after, 'starting_after');
  if (before !== undefined && found.length > limit) {
    hasMore = true;
    found.splice(0, found.length - limit);
  }
  return { object: 'list', data: found.map(render), has_more: hasMore, url };
}

/** The list form of everything at hand, for lists inside objects. */
export function wholeList<T>(data: T[], url: string) {
  return { object: 'list' as const, data, has_more: false, url, total_count: data.length };
}

function createdFilter(params: Params): (row: Row) => boolean {
  if (!params.has('created')) return () => true;
  if (typeof params.raw.created === 'string') {
    const exact = params.integer('created');
    return (row) => row.created === exact;
  }
  const range = params.sub('created');
  const over = range?.integer('gt') ?? Number.NEGATIVE_INFINITY;
  const from = range?.integer('gte') ?? Number.NEGATIVE_INFINITY;
  const under = range?.integer('lt') ?? Number.POSITIVE_INFINITY;
  const upTo = range?.integer('lte') ?? Number.POSITIVE_INFINITY;
  return ({ created }) =>
    typeof created === 'number' && created > over && created >= from && created < under && created <= upTo;
}
