import type Stripe from 'stripe';
import type { CircuitBreaker } from '../circuit-breaker.ts';
import { fromStripeError, isMissing } from '../errors.ts';
import { idempotencyKey } from '../idempotency-key.ts';

/** Pages of lists are bounded: no answer of Stripe makes us loop for ever. */
export const listLimitMax = 1_000;

/** Every call goes through here: the breaker counts silence, errors leave in the words of the product. */
export class StripeCaller {
  readonly stripe: Stripe;
  readonly #breaker: CircuitBreaker;

  constructor(stripe: Stripe, breaker: CircuitBreaker) {
    this.stripe = stripe;
    this.#breaker = breaker;
  }

  get isUnavailable(): boolean {
    return this.#breaker.isOpen;
  }

  call<T>(request: (stripe: Stripe) => Promise<T>): Promise<T> {
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
