import { blankCharge } from '../shapes/payments.ts';
import type { ChargeRow, PaymentIntentRow, PaymentMethodRow } from '../store/rows.ts';
import { newId } from '../wire/ids.ts';
import { customerNow, type World } from '../world.ts';
import type { Decline } from './cards.ts';

/** Stores one attempt on an intent: taken, held (manual capture) or declined. */
export function recordCharge(
  world: World,
  intent: PaymentIntentRow,
  { method, decline }: { method: PaymentMethodRow; decline: Decline | null },
): ChargeRow {
  const isPaid = decline === null;
  const isCaptured = isPaid && intent.capture_method !== 'manual';
  const id = newId('ch');
  return world.store.put('charge', {
    ...blankCharge,
    id,
    amount: intent.amount,
    amount_captured: isCaptured ? intent.amount : 0,
    amount_refunded: 0,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'METERGATE TEST',
    captured: isCaptured,
    created: customerNow(world, intent.customer),
    currency: intent.currency,
    customer: intent.customer,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    metadata: intent.metadata,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: isPaid ? 'approved_by_network' : 'declined_by_network',
      reason: decline?.decline_code ?? null,
      risk_level: 'normal',
      seller_message: isPaid
        ? 'Payment complete.'
        : 'The bank did not return any further details with this decline.',
      type: isPaid ? 'authorized' : 'issuer_declined',
    },
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(method, intent.amount),
    receipt_url: `${world.url}/i/receipt/${id}`,
    refunded: false,
    disputed: false,
    status: isPaid ? 'succeeded' : 'failed',
  });
}

function detailsOf({ card, ...method }: PaymentMethodRow, amount: number) {
  if (card) return { type: 'card', card: cardDetails(card, amount) };
  if (method.type === 'us_bank_account') {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = Object(
      method.us_bank_account,
    );
    const account = { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number };
    return { type: 'us_bank_account', us_bank_account: { ...account, payment_reference: null } };
  }
  const { generated_from: _origin, ...account } = Object(method.sepa_debit);
  return { type: 'sepa_debit', sepa_debit: { ...account, mandate: null } };
}

function cardDetails(card: NonNullable<PaymentMethodRow['card']>, amount: number) {
  return {
    amount_authorized: amount,
    authorization_code: null,
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    transaction_link_id: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_token: { used: false },
    network_transaction_id: null,
    regulated_status: card.regulated_status,
    three_d_secure: null,
    wallet: null,
  };
}
