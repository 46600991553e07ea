import { createHash } from 'node:crypto';

/** Stripe takes at most 255 characters. */
const maxLength = 255;

/**
 * The key of a write at Stripe, derived from the fact ("organization:<id>:customer"), so that the same fact sent
 * twice has one effect. `part` tells apart the calls that one fact needs.
 */
export function idempotencyKey(fact: string, part?: string): string {
  const key = part === undefined ? fact : `${fact}:${part}`;
  if (key.trim() === '') throw new RangeError('an idempotency key names a fact');
  if (key.length <= maxLength) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
