import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from '../http/http-errors.ts';
import { type RateLimitName, rateLimitNames, ruleOf } from './rate-limit-rules.ts';

export interface RateLimits {
  /**
   * Counts one call of `key` (user and organization, or an address when nobody is known).
   * @throws RATE_LIMITED with the seconds to wait.
   */
  count(name: RateLimitName, key: string): Promise<void>;
}

/** Counts in this process. */
export function createRateLimits(overrides: Readonly<Record<string, string>>): RateLimits {
  const limiters = new Map(rateLimitNames.map((name) => [name, limiterOf(name, overrides)]));
  return {
    async count(name, key) {
      try {
        await limiters.get(name)?.consume(key);
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes)
          throw rateLimited(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
        throw refusal;
      }
    },
  };
}

function limiterOf(name: RateLimitName, overrides: Readonly<Record<string, string>>): RateLimiterMemory {
  const rule = ruleOf(name, overrides);
  return new RateLimiterMemory({
    keyPrefix: name,
    points: rule.max,
    duration: rule.windowSeconds,
    blockDuration: rule.blockSeconds,
  });
}
