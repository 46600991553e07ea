import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, createPlan, type Flow, startFlow } from './flow.ts';

describe('the pages that customers see', () => {
  let flow: Flow;
  let stripe: Stripe;
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z');
    stripe = flow.stripe;
  });
  afterAll(() => flow.close());

  const submit = (url: string, form: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  const card = (number: string) => ({
    cardNumber: number,
    cardExpiry: '12 / 34',
    cardCvc: '123',
    billingName: 'Ada',
    email: 'ada@example.com',
    action: 'pay',
  });

  it('completes a hosted checkout with a plain card and returns to the success url', async () => {
    const price = await createPlan(stripe, { unit_amount: 2900 });
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'http://localhost/done?s={CHECKOUT_SESSION_ID}',
      cancel_url: 'http://localhost/back',
      subscription_data: { metadata: { organization: 'org_1' } },
    });
    const page = await (await fetch(session.url ?? '')).text();
    expect(page).toContain('Card number');
    expect(page).toContain('$29.00');
    const declined = await submit(session.url ?? '', card('4000000000009995'));
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain('insufficient funds');
    const paid = await submit(session.url ?? '', card('4242 4242 4242 4242'));
    expect(paid.headers.get('location')).toBe(`http://localhost/done?s=${session.id}`);
    const done = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['subscription', 'line_items', 'customer'],
    });
    expect(done.status).toBe('complete');
    expect(done.payment_status).toBe('paid');
    expect(typeof done.subscription === 'object' && done.subscription?.metadata.organization).toBe('org_1');
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  it('shows what a typed promotion code saves before anything is paid', async () => {
    const price = await createPlan(stripe, { unit_amount: 2000 });
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
    await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'HALF' });
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: price.id, quantity: 1 }],
      allow_promotion_codes: true,
      success_url: 'http://localhost/done',
    });
    const page = await submit(session.url ?? '', { action: 'promotion', promotionCode: 'half' });
    expect(await page.text()).toContain('Subscribe and pay $10.00');
    await submit(session.url ?? '', card('4242424242424242'));
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] });
    expect(typeof done.invoice === 'object' && done.invoice?.amount_paid).toBe(1000);
  });

  it('asks for authentication at checkout and subscribes once it is passed', async () => {
    const price = await createPlan(stripe, { unit_amount: 500 });
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'http://localhost/done',
    });
    const challenge = await submit(session.url ?? '', card('4000002760003184'));
    expect(await challenge.text()).toContain('Complete authentication');
    const done = await submit(session.url ?? '', { action: 'complete' });
    expect(done.status).toBe(303);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('complete');
  });

  it('sends the customer of the portal back and cancels at period end', async () => {
    const price = await createPlan(stripe, { unit_amount: 3000 });
    const customer = await createPayer(stripe);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const portal = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'http://localhost/back',
    });
    expect(await (await fetch(portal.url)).text()).toContain('Cancel subscription');
    await submit(portal.url, { action: 'cancel', subscription: subscription.id, reason: 'unused' });
    const canceling = await stripe.subscriptions.retrieve(subscription.id);
    expect(canceling.cancel_at_period_end).toBe(true);
    expect(canceling.cancellation_details?.feedback).toBe('unused');
    await submit(portal.url, { action: 'resume', subscription: subscription.id });
    expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at).toBeNull();
    await submit(portal.url, { ...card('5555555555554444'), action: 'add_card' });
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(2);
  });

  it('serves a hosted invoice that can be paid, and a real PDF', async () => {
    const customer = await createPayer(stripe);
    const draft = await stripe.invoices.create({ customer: customer.id });
    await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id,
      amount: 1234,
      currency: 'usd',
      description: 'Setup',
    });
    const invoice = await stripe.invoices.finalizeInvoice(draft.id);
    expect(invoice.amount_due).toBe(1234);
    const page = await fetch(invoice.hosted_invoice_url ?? '');
    expect(await page.text()).toContain('Pay $12.34');
    const paid = await submit(invoice.hosted_invoice_url ?? '', card('4242424242424242'));
    expect(await paid.text()).toContain('Paid. Thank you.');
    const pdf = Buffer.from(await (await fetch(invoice.invoice_pdf ?? '')).arrayBuffer());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});
