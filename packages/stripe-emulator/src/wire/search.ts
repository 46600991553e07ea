import type { Row } from '../store/rows.ts';
import type { Kind, Tables } from '../store/tables.ts';
import type { World } from '../world.ts';
import { invalidRequest } from './errors.ts';
import { readLimit } from './lists.ts';
import { isRecord, type Params } from './params.ts';
import { render } from './render.ts';

interface Clause {
  field: string[];
  operator: ':' | '~' | '>' | '<' | '>=' | '<=';
  value: string | null;
  isNegated: boolean;
}

const CLAUSE =
  /^\s*(-)?([a-z_]+(?:\.[a-z_]+)*)(?:\[["']([^"']+)["']\])?\s*(:|~|>=|<=|>|<)\s*(?:["']([^"']*)["']|(null|\d+))\s*/i;

const CLAUSES_MAX = 10;

/** Answers a search such as `status:'active' AND metadata['organization']:'org_1'`; AND or OR, never both. */
export function searchOf<K extends Kind>(
  world: World,
  kind: K,
  { params, url }: { params: Params; url: string },
) {
  const { clauses, isAny } = parseQuery(params.requireText('query'));
  const limit = readLimit(params);
  const from = Number(params.text('page') ?? '0');
  const matches = (row: Tables[K]) =>
    isAny ? clauses.some((clause) => fits(row, clause)) : clauses.every((clause) => fits(row, clause));
  const found = world.store
    .all(kind)
    .filter((row) => !row.deleted && matches(row))
    .reverse();
  const data = found.slice(from, from + limit).map(render);
  const hasMore = from + limit < found.length;
  return {
    object: 'search_result',
    data,
    has_more: hasMore,
    next_page: hasMore ? String(from + limit) : null,
    url,
  };
}

function parseQuery(query: string): { clauses: Clause[]; isAny: boolean } {
  const unreadable = invalidRequest(`We were unable to parse your search query: ${query}`, 'query');
  const clauses: Clause[] = [];
  const joins = new Set<string>();
  for (let rest = query; rest !== ''; ) {
    const match = CLAUSE.exec(rest);
    if (!match || clauses.length >= CLAUSES_MAX) throw unreadable;
    clauses.push(readClause(match));
    rest = rest.slice(match[0].length);
    const [whole = '', join] = /^(AND|OR)\s+/i.exec(rest) ?? [];
    if (rest !== '' && !join) throw unreadable;
    if (join) joins.add(join.toUpperCase());
    rest = rest.slice(whole.length);
  }
  if (joins.size > 1) throw invalidRequest('A search query cannot mix AND and OR.', 'query');
  return { clauses, isAny: joins.has('OR') };
}

function readClause([, minus, field = '', key, operator = ':', quoted, bare]: RegExpExecArray): Clause {
  const path = key === undefined ? field.split('.') : [...field.split('.'), key];
  const value = quoted ?? (bare === 'null' ? null : (bare ?? null));
  // The pattern allows only these operators.
  return { field: path, operator: operator as Clause['operator'], value, isNegated: minus === '-' };
}

function fits(row: Row, clause: Clause): boolean {
  let value: unknown = row;
  for (const name of clause.field) value = isRecord(value) ? value[name] : undefined;
  return compareValue(value, clause) !== clause.isNegated;
}

function compareValue(value: unknown, { operator, value: wanted }: Clause): boolean {
  if (wanted === null) return value === undefined || value === null;
  if (value === undefined || value === null) return false;
  const text = String(value).toLowerCase();
  if (operator === ':') return text === wanted.toLowerCase();
  if (operator === '~') return text.includes(wanted.toLowerCase());
  const [left, right] = [Number(value), Number(wanted)];
  return { '>': left > right, '<': left < right, '>=': left >= right, '<=': left <= right }[operator];
}
