import { randomBytes } from 'node:crypto';
import { blankPaymentMethod } from '../shapes/payments.ts';
import type { PaymentMethodRow } from '../store/rows.ts';
import { newId } from '../wire/ids.ts';
import type { World } from '../world.ts';
import { cardError } from './card-error.ts';
import { cardByNumber, passesChecksum, type TestCard } from './cards.ts';

export interface CardDetails {
  expMonth?: number;
  expYear?: number;
  name?: string | null;
  email?: string | null;
  address?: unknown;
  phone?: string | null;
}

/** Makes a payment method of a test card; it belongs to nobody until it is attached. */
export function storeCard(world: World, card: TestCard, details: CardDetails): PaymentMethodRow {
  const expYear = new Date(world.clock.nowMs()).getUTCFullYear() + 3;
  return world.store.put('payment_method', {
    ...blankPaymentMethod,
    id: newId('pm'),
    allow_redisplay: 'unspecified',
    billing_details: {
      address: details.address ?? {
        city: null,
        country: null,
        line1: null,
        line2: null,
        postal_code: null,
        state: null,
      },
      email: details.email ?? null,
      name: details.name ?? null,
      phone: details.phone ?? null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand,
      exp_month: details.expMonth ?? 12,
      exp_year: details.expYear ?? expYear,
      fingerprint: randomBytes(8).toString('hex'),
      funding: 'credit',
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: world.clock.nowSeconds(),
    customer: null,
    metadata: {},
    type: 'card',
    _card: card.key,
    _isSetUp: false,
  });
}

/** Finds the test card of a typed number; an unknown number is refused as an invalid one. */
export function requireCard(number: string, param = 'card[number]'): TestCard {
  const card = cardByNumber(number);
  if (card) return card;
  const message = passesChecksum(number)
    ? 'Your card was declined. Your request was in test mode, but used a non test card.'
    : 'Your card number is incorrect.';
  throw cardError(
    { code: passesChecksum(number) ? 'card_declined' : 'incorrect_number', message },
    { param },
  );
}
