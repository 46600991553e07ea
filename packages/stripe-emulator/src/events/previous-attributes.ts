import { isRecord } from '../wire/params.ts';

/** The old values of what changed: whole for scalars and lists, only the changed keys for nested objects. */
export function previousAttributes(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  const previous: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[field];
    const now = after[field];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    const isNested = isRecord(old) && isRecord(now) && old.object === undefined;
    previous[field] = isNested ? previousAttributes(old, now) : (old ?? null);
  }
  return previous;
}
