import type Stripe from 'stripe';
import type { CircuitBreaker } from '../circuit-breaker.ts';
import { fromStripeError, isMissing } from '../errors.ts';
import { idempotencyKey } from '../idempotency-key.ts';
import type { RequestLane, RequestLimiter } from '../request-limiter.ts';
import type { KnownPrices } from './known-prices.ts';

/** Pages of lists are bounded: no answer of Stripe makes us loop for ever. */
export const listLimitMax = 1_000;

/** What every lane of one process shares. */
export interface StripeConnection {
  stripe: Stripe;
  breaker: CircuitBreaker;
  prices: KnownPrices;
  /** null = nobody counts: the emulator takes whatever comes. */
  limiter: RequestLimiter | null;
}

/** Every call goes through here: the breaker counts silence, errors leave in the words of the product. */
export class StripeCaller {
  readonly stripe: Stripe;
  readonly prices: KnownPrices;
  readonly #breaker: CircuitBreaker;
  readonly #waitForTurn: () => Promise<void>;

  constructor({ stripe, breaker, prices, limiter }: StripeConnection, lane: RequestLane) {
    this.stripe = stripe;
    this.prices = prices;
    this.#breaker = breaker;
    this.#waitForTurn = limiter === null ? () => Promise.resolve() : () => limiter.acquire(lane);
  }

  get isUnavailable(): boolean {
    return this.#breaker.isOpen;
  }

  async call<T>(request: (stripe: Stripe) => Promise<T>): Promise<T> {
    if (!this.#breaker.isOpen) await this.#waitForTurn();
    return this.#breaker.run(async () => {
      try {
        return await request(this.stripe);
      } catch (error) {
        throw fromStripeError(error);
      }
    });
  }

  /** As `call`, but "there is no such object" is the answer null. */
  find<T>(request: (stripe: Stripe) => Promise<T>): Promise<T | null> {
    return this.call(async (stripe) => {
      try {
        return await request(stripe);
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  /** Request options of a write that has one effect however often it is sent. */
  once(fact: string, part?: string): { idempotencyKey: string } {
    return { idempotencyKey: idempotencyKey(fact, part) };
  }
}
