import { createHash } from 'node:crypto';

export type CanonicalValue =
  | null
  | boolean
  | number
  | string
  | CanonicalValue[]
  | { [key: string]: CanonicalValue };

/**
 * The value as it will come back from a jsonb column, so that a hash made before writing still matches after
 * reading: instants and big integers become strings, undefined disappears, text that jsonb refuses is replaced.
 */
export function toCanonicalValue(value: unknown): CanonicalValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(toCanonicalValue);
  if (typeof value === 'object') return canonicalObject(value);
  return null;
}

/** JSON with sorted keys and no spaces: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(toCanonicalValue(value));
}

/** sha256 over the previous link and the canonical content of this one. */
export function chainHash(previousHash: Uint8Array, content: unknown): Buffer {
  return createHash('sha256').update(previousHash).update(canonicalJson(content)).digest();
}

function canonicalObject(value: object): CanonicalValue {
  // A class with its own JSON form (a decimal) is stored in that form.
  if ('toJSON' in value && typeof value.toJSON === 'function') return toCanonicalValue(value.toJSON());
  // No prototype: a key such as `__proto__` stays an ordinary key.
  const result: { [key: string]: CanonicalValue } = Object.create(null);
  for (const [key, entry] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (entry !== undefined) result[cleanText(key)] = toCanonicalValue(entry);
  }
  return result;
}

/** jsonb holds neither NUL nor half of a surrogate pair. */
function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
