import { toPublicId } from '@metergate/core';
import type { QuoteRecord } from '@metergate/core/payments/change/quotes.ports';
import type { QuoteView } from '@metergate/core/subscriptions/subscriptions.schemas';

export function toQuoteView(quote: QuoteRecord): QuoteView {
  const { target, outcome } = quote;
  return {
    id: toPublicId('quote', quote.id),
    family: quote.family,
    plan: target.plan,
    planName: target.planName,
    interval: target.interval,
    quantity: target.quantity,
    at: target.at,
    effectiveAt: target.effectiveAt,
    expiresAt: quote.expiresAt.toISOString(),
    currency: quote.currency,
    dueNowMinor: String(quote.dueNowMinor),
    ...outcome,
  };
}
