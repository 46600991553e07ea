import { createHash } from 'node:crypto';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from '../http/http-errors.ts';
import type { RateLimitName } from './rate-limit-rules.ts';
import { limitersOf, type SharedCounters } from './shared-limiter.ts';

export interface RateLimits {
  /**
   * Counts one call of `key` (user and organization, or an address when nobody is known).
   * @throws RATE_LIMITED with the seconds to wait.
   */
  count(name: RateLimitName, key: string): Promise<void>;
}

/** Counts in this process, or together with all processes that share the counters. */
export function createRateLimits(
  overrides: Readonly<Record<string, string>>,
  shared?: SharedCounters,
): RateLimits {
  const limiters = limitersOf(overrides, shared);
  return {
    async count(name, key) {
      try {
        await limiters.get(name)?.consume(digestOf(key));
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes)
          throw rateLimited(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
        throw refusal;
      }
    },
  };
}

/** Of people and addresses a counter needs to know only that they are the same. */
function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
