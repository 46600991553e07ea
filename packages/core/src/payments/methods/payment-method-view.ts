import type { z } from 'zod';
import type { paymentMethodViewSchema } from '../../invoices/invoices.schemas.ts';
import { toPublicId } from '../../shared/ids.ts';
import type { PaymentMethodRecord } from '../payments.ports.ts';

export type PaymentMethodView = z.infer<typeof paymentMethodViewSchema>;

const soonMs = 30 * 86_400_000;

/** A card is good until its last month has ended everywhere; what does not expire has month 0. */
export function cardExpiry(
  { expMonth, expYear }: Pick<PaymentMethodRecord, 'expMonth' | 'expYear'>,
  at: Date,
): PaymentMethodView['expiry'] {
  if (expMonth === 0) return 'valid';
  const endMs = Date.UTC(expYear, expMonth, 1);
  if (endMs <= at.getTime()) return 'expired';
  return endMs - at.getTime() <= soonMs ? 'soon' : 'valid';
}

export function toPaymentMethodView(method: PaymentMethodRecord, at: Date): PaymentMethodView {
  const { brand, last4, expMonth, expYear, isDefault } = method;
  return {
    id: toPublicId('paymentMethod', method.id),
    brand,
    last4,
    expMonth,
    expYear,
    isDefault,
    expiry: cardExpiry(method, at),
  };
}
