import { createHmac } from 'node:crypto';
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

export interface RateLimitOptions {
  overrides: Readonly<Record<string, string>>;
  /** The same for all processes that count together. */
  secret: string;
  shared?: SharedCounters | undefined;
}

/** Counts in this process, or together with all processes that share the counters. */
export function createRateLimits({ overrides, secret, shared }: RateLimitOptions): RateLimits {
  const limiters = limitersOf(overrides, shared);
  // A counter needs to know only that callers are the same. Plain digests of addresses could be guessed.
  const nameOf = (key: string) => createHmac('sha256', secret).update(key).digest('base64url');
  return {
    async count(name, key) {
      try {
        await limiters.get(name)?.consume(nameOf(key));
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes)
          throw rateLimited(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
        throw refusal;
      }
    },
  };
}
