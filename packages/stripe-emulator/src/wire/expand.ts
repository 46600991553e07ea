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
  includeField(world, holder, field);
  const value = holder[field];
  if (value === undefined) return false;
  const found = Array.isArray(value)
    ? value.map((entry) => resolve(world, entry, field))
    : resolve(world, value, field);
  holder[field] = found;
  const inside = Array.isArray(found) ? found : [found];
  return inside.every((entry) => !isRecord(entry) || expandAt(world, entry, rest));
}

/** Adds a field that only expansion shows. */
function includeField(world: World, holder: Record<string, unknown>, field: string): void {
  const include = includables.get(`${String(holder.object)}.${field}`);
  const isAbsent = holder[field] === undefined || typeof holder[field] === 'string';
  if (!include || !isAbsent || typeof holder.id !== 'string') return;
  const row = world.store.find(holder.id) ?? world.store.get('coupon', holder.id);
  holder[field] = renderValue(row && include(world, row)) ?? null;
}

/** Ids become objects; anything else stays. Coupons have ids without a prefix. */
function resolve(world: World, value: unknown, field: string): unknown {
  if (typeof value !== 'string') return value;
  const row = world.store.find(value) ?? (field === 'coupon' ? world.store.get('coupon', value) : undefined);
  return row ? render(row) : value;
}
