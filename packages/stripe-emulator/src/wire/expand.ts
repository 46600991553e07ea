import type { Row } from '../store/rows.ts';
import type { World } from '../world.ts';
import { invalidRequest } from './errors.ts';
import { isRecord } from './params.ts';
import { render, renderValue } from './render.ts';

type Includable = (world: World, row: Row) => unknown;

const DEPTH_MAX = 4;
const includables = new Map<string, Includable>();

/** Registers a field that exists only when it is expanded, such as `invoice.payments`. */
export function registerIncludable(object: string, field: string, read: Includable): void {
  includables.set(`${object}.${field}`, read);
}

/** Replaces the ids that `expand` names by their objects; paths go through lists as `data.customer`. */
export function expandResponse(world: World, body: Record<string, unknown>, paths: string[]): void {
  for (const path of paths) {
    const parts = path.split('.');
    if (parts.filter((part) => part !== 'data').length > DEPTH_MAX) {
      throw invalidRequest(`You cannot expand more than ${DEPTH_MAX} levels of a property`, 'expand');
    }
    if (!expandAt(world, body, parts)) {
      throw invalidRequest(`This property cannot be expanded (${path}).`, 'expand');
    }
  }
}

/** False when the path names nothing that this object could have. */
function expandAt(world: World, holder: Record<string, unknown>, parts: string[]): boolean {
  const [field, ...rest] = parts;
  if (field === undefined) return true;
  const include = includables.get(`${String(holder.object)}.${field}`);
  if (include && (holder[field] === undefined || typeof holder[field] === 'string')) {
    const row =
      typeof holder.id === 'string'
        ? (world.store.find(holder.id) ?? { ...holder, id: holder.id, object: '' })
        : undefined;
    const value = row && include(world, row);
    holder[field] = renderValue(value) ?? null;
  }
  const value = holder[field];
  if (value === undefined) return false;
  if (Array.isArray(value)) {
    holder[field] = value.map((entry) => (typeof entry === 'string' ? resolve(world, entry) : entry));
    return holder[field] instanceof Array
      ? holder[field].every((entry) => !isRecord(entry) || expandAt(world, entry, rest))
      : true;
  }
  if (typeof value === 'string') {
    const found = resolve(world, value);
    holder[field] = found;
    return !isRecord(found) || expandAt(world, found, rest);
  }
  return !isRecord(value) || expandAt(world, value, rest);
}

function resolve(world: World, id: string): unknown {
  const row = world.store.find(id);
  return row ? render(row) : id;
}
