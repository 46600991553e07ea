import type Stripe from 'stripe';

const PRICES_MAX = 2_000;

/**
 * Prices of our catalogue seen before. The lines of an invoice name their price only by its id, and reading the price
 * with them costs a second request. Only prices with our key are kept: that key never moves, a lookup key can.
 */
export class KnownPrices {
  readonly #prices = new Map<string, Stripe.Price>();

  remember(lines: readonly Stripe.InvoiceLineItem[]): void {
    for (const line of lines) {
      const price = line.pricing?.price_details?.price;
      if (typeof price !== 'object' || price.metadata?.metergate_price === undefined) continue;
      if (this.#prices.size >= PRICES_MAX) this.#prices.clear();
      this.#prices.set(price.id, price);
    }
  }

  /** The lines with their prices, or null when one of them was never seen. */
  complete(lines: readonly Stripe.InvoiceLineItem[]): Stripe.InvoiceLineItem[] | null {
    const completed: Stripe.InvoiceLineItem[] = [];
    for (const line of lines) {
      const { pricing } = line;
      const details = pricing?.price_details;
      if (pricing === null || details === undefined || typeof details.price === 'object') {
        completed.push(line);
        continue;
      }
      const price = this.#prices.get(details.price);
      if (price === undefined) return null;
      completed.push({ ...line, pricing: { ...pricing, price_details: { ...details, price } } });
    }
    return completed;
  }
}
