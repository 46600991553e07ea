import { describe, expect, test } from 'vitest';
import { joinScopes, scopeOfEvent } from './sync-scope.ts';

const subscription = ['created', 'updated', 'deleted', 'paused', 'resumed', 'trial_will_end'];
const invoice = [
  'created',
  'finalized',
  'paid',
  'payment_failed',
  'payment_action_required',
  'voided',
  'deleted',
];

describe('an event asks to read again', () => {
  test.each([
    ...subscription.map((what) => [
      `customer.subscription.${what}`,
      { subscriptions: true, subscriptionIds: ['obj_1'] },
    ]),
    ...['created', 'updated', 'released', 'completed', 'canceled', 'aborted'].map((what) => [
      `subscription_schedule.${what}`,
      { subscriptions: true },
    ]),
    // A payment moves the subscription too.
    ...invoice.map((what) => [`invoice.${what}`, { subscriptions: true, invoices: ['obj_1'] }]),
    ...['completed', 'async_payment_succeeded', 'async_payment_failed', 'expired'].map((what) => [
      `checkout.session.${what}`,
      { checkoutSessions: ['obj_1'], subscriptions: true, paymentMethods: true },
    ]),
    ...['created', 'updated', 'deleted'].map((what) => [
      `customer.${what}`,
      { subscriptions: true, paymentMethods: true },
    ]),
    ...['attached', 'detached', 'updated', 'automatically_updated'].map((what) => [
      `payment_method.${what}`,
      { paymentMethods: true },
    ]),
    ...['created', 'updated', 'deleted'].map((what) => [
      `customer.discount.${what}`,
      { subscriptions: true },
    ]),
    ['setup_intent.succeeded', { paymentMethods: true }],
    ...['created', 'updated', 'voided'].map((what) => [`credit_note.${what}`, { creditNotes: ['obj_1'] }]),
    ...[
      'charge.refunded',
      'refund.created',
      'refund.failed',
      'charge.dispute.created',
      'charge.dispute.closed',
    ].map((type) => [type, { reversals: ['obj_1'] }]),
  ] as [string, object][])('%s', (type, scope) => {
    expect(scopeOfEvent(type, 'obj_1')).toEqual(scope);
    expect(scopeOfEvent(type, null)).toBeNull();
  });
});

test.each([
  'invoice.upcoming',
  'invoice_payment.paid',
  'payment_intent.succeeded',
  'setup_intent.setup_failed',
  'product.updated',
  'price.created',
  'billing.alert.triggered',
  'test_helpers.test_clock.ready',
  'constructor',
])('%s is recorded and asks for nothing', (type) => {
  expect(scopeOfEvent(type, 'obj_1')).toBeNull();
});

test('several events name each object once, and everything includes what is named', () => {
  const paid = scopeOfEvent('invoice.paid', 'in_1') ?? {};
  const joined = joinScopes([paid, paid, scopeOfEvent('customer.subscription.updated', 'sub_1') ?? {}]);
  expect(joined).toMatchObject({ subscriptions: true, invoices: ['in_1'], subscriptionIds: ['sub_1'] });
  expect(joined.paymentMethods).toBe(false);
  expect(joinScopes([paid, { invoices: 'all' }]).invoices).toBe('all');
});
