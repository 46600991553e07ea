import type { Row } from '../store/rows.ts';
import { isRecord } from './params.ts';

/** The wire form of a row: the emulator's own fields (`_…`) are left out, at every depth. */
export function render(row: Row): Record<string, unknown> {
  return strip(row);
}

function strip(value: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [field, inner] of Object.entries(value)) {
    // Objects without an id (summaries, `invoice.upcoming`) are stored with an empty one.
    if (field.startsWith('_') || (field === 'id' && inner === '')) continue;
    out[field] = renderValue(inner);
  }
  return out;
}

export function renderValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renderValue);
  return isRecord(value) ? strip(value) : value;
}
