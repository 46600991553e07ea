import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../src/index.ts';

/**
 * What an application relies on, said once and asked of both sides: always of the emulator, and of a real
 * Stripe sandbox when STRIPE_CONFORMANCE_KEY holds its test key. Only real time is used.
 */
const key = process.env.STRIPE_CONFORMANCE_KEY;
const targets = [
  { name: 'the emulator', isRun: true, key: null },
  {
    name: key ? 'a Stripe sandbox' : 'a Stripe sandbox: not run, STRIPE_CONFORMANCE_KEY is not set',
    isRun: Boolean(key),
    key: key ?? null,
  },
];
if (key && !key.startsWith('sk_test_')) throw new Error('STRIPE_CONFORMANCE_KEY must be a test key');

for (const target of targets) {
  describe.skipIf(!target.isRun)(target.name, () => {
    let emulator: Emulator | null = null;
    let stripe: Stripe;
    let monthly: Stripe.Price;
    let yearly: Stripe.Price;
    beforeAll(async () => {
      if (target.key) stripe = new Stripe(target.key);
      else {
        emulator = await startEmulator({ port: 0, validate: true });
        stripe = new Stripe('sk_test_x', { host: '127.0.0.1', port: emulator.port, protocol: 'http' });
      }
      const product = await stripe.products.create({ name: 'Conformance' });
      const price = (unit_amount: number, interval: 'month' | 'year') =>
        stripe.prices.create({ product: product.id, currency: 'usd', unit_amount, recurring: { interval } });
      monthly = await price(3000, 'month');
      yearly = await price(30_000, 'year');
    });
    afterAll(() => emulator?.close());

    async function payer(card: string): Promise<Stripe.Customer> {
      const customer = await stripe.customers.create({ email: 'conformance@example.com' });
      const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
      return stripe.customers.update(customer.id, {
        invoice_settings: { default_payment_method: method.id },
      });
    }
    const subscribe = async (card: string, params: Partial<Stripe.SubscriptionCreateParams> = {}) => {
      const customer = await payer(card);
      return stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: monthly.id }],
        expand: ['latest_invoice.payments', 'latest_invoice.confirmation_secret'],
        ...params,
      });
    };
    const invoiceOf = ({ latest_invoice: invoice }: Stripe.Subscription) => {
      if (typeof invoice !== 'object' || invoice === null) throw new Error('latest_invoice is not expanded');
      return invoice;
    };

    it('pays the first invoice within the create call', async () => {
      const subscription = await subscribe('pm_card_visa');
      const invoice = invoiceOf(subscription);
      expect([subscription.status, invoice.status, invoice.billing_reason, invoice.amount_paid]).toEqual([
        'active',
        'paid',
        'subscription_create',
        3000,
      ]);
      expect(subscription.billing_mode.type).toBe('flexible');
      expect(invoice.parent?.subscription_details?.subscription).toBe(subscription.id);
      expect(invoice.lines.data[0]?.parent?.type).toBe('subscription_item_details');
      expect(invoice.payments?.data[0]?.payment.type).toBe('payment_intent');
    });

    it('leaves a subscription incomplete whose card wants authentication', async () => {
      const subscription = await subscribe('pm_card_authenticationRequired');
      expect([subscription.status, invoiceOf(subscription).status]).toEqual(['incomplete', 'open']);
      const intentId = String(invoiceOf(subscription).payments?.data[0]?.payment.payment_intent);
      expect((await stripe.paymentIntents.retrieve(intentId)).status).toBe('requires_action');
    });

    it('leaves a subscription incomplete with default_incomplete and offers a client secret', async () => {
      const subscription = await subscribe('pm_card_visa', { payment_behavior: 'default_incomplete' });
      expect(subscription.status).toBe('incomplete');
      expect(invoiceOf(subscription).confirmation_secret?.client_secret).toMatch(/^pi_/);
    });

    it('starts a trial with a paid invoice of nothing and no payments', async () => {
      const subscription = await subscribe('pm_card_visa', { trial_period_days: 14 });
      const invoice = invoiceOf(subscription);
      expect([subscription.status, invoice.status, invoice.total, invoice.attempt_count]).toEqual([
        'trialing',
        'paid',
        0,
        0,
      ]);
      expect(invoice.payments?.data).toEqual([]);
    });

    it('previews what a yearly switch then bills, to the cent', async () => {
      const subscription = await subscribe('pm_card_visa');
      const [item] = subscription.items.data;
      const prorationDate = item?.current_period_start ?? 0;
      const items = [{ id: item?.id ?? '', price: yearly.id }];
      const preview = await stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: { items, proration_date: prorationDate },
      });
      const updated = await stripe.subscriptions.update(subscription.id, {
        items,
        proration_date: prorationDate,
        expand: ['latest_invoice'],
      });
      expect(invoiceOf(updated).total).toBe(preview.total);
      expect(preview.total).toBe(27_000);
    });

    it('shows both cancel_at and cancel_at_period_end, and takes both back', async () => {
      const subscription = await subscribe('pm_card_visa');
      const canceling = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
      expect([canceling.cancel_at_period_end, canceling.cancel_at]).toEqual([
        true,
        subscription.items.data[0]?.current_period_end,
      ]);
      const kept = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
      expect([kept.cancel_at_period_end, kept.cancel_at]).toEqual([false, null]);
      expect((await stripe.subscriptions.cancel(subscription.id)).status).toBe('canceled');
    });

    it('refuses declined cards on attachment and charges of cards that fail later', async () => {
      const customer = await stripe.customers.create({});
      await expect(
        stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer: customer.id }),
      ).rejects.toMatchObject({ code: 'card_declined', decline_code: 'generic_decline', statusCode: 402 });
      await expect(
        subscribe('pm_card_chargeCustomerFail', { payment_behavior: 'error_if_incomplete' }),
      ).rejects.toMatchObject({ code: 'card_declined', statusCode: 402 });
    });

    it('names unknown parameters and missing objects as documented', async () => {
      await expect(stripe.rawRequest('POST', '/v1/customers', { nonsense: '1' })).rejects.toMatchObject({
        code: 'parameter_unknown',
        statusCode: 400,
      });
      await expect(stripe.subscriptions.retrieve('sub_none')).rejects.toMatchObject({
        code: 'resource_missing',
        statusCode: 404,
      });
    });

    it('answers a repeated key with the first answer and another body with an error', async () => {
      const idempotencyKey = `conformance-${Date.now()}`;
      const first = await stripe.customers.create({ name: 'A' }, { idempotencyKey });
      expect((await stripe.customers.create({ name: 'A' }, { idempotencyKey })).id).toBe(first.id);
      await expect(stripe.customers.create({ name: 'B' }, { idempotencyKey })).rejects.toMatchObject({
        type: 'StripeIdempotencyError',
      });
    });
  });
}
