import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('twenty dollars off, then a quarter off for three months', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Coupon Studio', { at: '2027-04-01T00:00:00Z' });
    await story.atStripe('coupons', {
      id: 'TWENTY',
      name: 'Welcome',
      amount_off: '2000',
      currency: 'usd',
      duration: 'once',
    });
    await story.atStripe('promotion_codes', {
      'promotion[type]': 'coupon',
      'promotion[coupon]': 'TWENTY',
      code: 'HELLO',
    });
    await story.atStripe('coupons', {
      id: 'QUARTER',
      name: 'Spring',
      percent_off: '25',
      duration: 'repeating',
      duration_in_months: '3',
    });
  }, 60_000);
  afterAll(() => story.close());

  const studio = { family: 'agent-studio', plan: 'pro', quantity: '3', paymentMethod: 'pm_card_visa' };

  it('refuses a code that nobody gave out, and charges nothing', async () => {
    const refused = await story.own('POST', 'billing/subscriptions', { ...studio, promotionCode: 'NOPE' });
    expect([refused.status, refused.json.error.code]).toEqual([404, 'DISCOUNT_UNKNOWN']);
    expect(await story.invoices()).toEqual([]);
  });

  it('takes the amount off once, however many seats: 3 × 49.00 − 20.00 = 127.00', async () => {
    await story.subscribe({ ...studio, promotionCode: 'hello' });
    expect(await story.invoices()).toEqual(['2027-04-01 paid $127.00']);
    expect(await story.linesOfNewest('paid')).toMatchObject({ 'Discount: Welcome': '-$20.00' });
    expect(Object.keys(await story.linesOfNewest('paid'))).toHaveLength(2);
  });

  it('is applied once by twenty at the same time', async () => {
    const { id } = await story.subscription();
    const input = { subscriptionId: id, coupon: 'QUARTER', reason: 'a difficult spring' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => story.staff('subscriptions.applyCoupon', input)),
    );
    for (const { status, json } of answers) {
      if (status !== 200) expect(json.error.data.code).toBe('PURCHASE_IN_PROGRESS');
    }
    expect((await story.staff('subscriptions.applyCoupon', input)).status).toBe(200);
    const { discounts } = await story.subscription();
    expect(discounts).toMatchObject([
      { coupon: 'QUARTER', percentOff: '25', endsAt: '2027-07-01T00:00:00.000Z' },
    ]);
  });

  it('quotes and charges seats after the discount, and names the next invoice after it too', async () => {
    // Not at midnight: 91.875 is half a cent, and the moments that a step takes would tip it.
    await story.at(
      '2027-04-15T23:58:30Z',
      'five seats for the rest of April: 5 × 49.00 × 0.75 × 15/30 = 91.88',
    );
    const quote = await story.own('POST', 'billing/quotes', { family: 'agent-studio', quantity: '5' });
    // The three seats give back half of the 127.00 that was really paid: 91.875 − 63.50.
    expect(quote.json.dueNowMinor).toBe('2838');
    expect(quote.json.nextInvoice).toEqual({ at: '2027-05-01T00:00:00.000Z', amountMinor: '18375' });
    const accepted = await story.own('POST', `billing/quotes/${quote.json.id}/accept`);
    expect(accepted.status).toBe(200);
    await story.settle();
    expect((await story.invoices()).at(-1)).toBe('2027-04-15 paid $28.38');
  });

  it('takes a quarter off until the end of June: 5 × 49.00 × 0.75 = 183.75', async () => {
    await story.at('2027-06-01T03:00:00Z', 'May and June');
    await story.at('2027-07-01T03:00:00Z', 'July at the full price');
    expect((await story.invoices()).slice(2)).toEqual([
      '2027-05-01 paid $183.75',
      '2027-06-01 paid $183.75',
      '2027-07-01 paid $245.00',
    ]);
    expect((await story.subscription()).discounts).toEqual([]);
  });

  it('can be given by code and taken away by staff', async () => {
    const { id } = await story.subscription();
    await story.atStripe('coupons', {
      id: 'ALWAYS',
      name: 'Friends',
      percent_off: '10',
      duration: 'forever',
    });
    await story.atStripe('promotion_codes', {
      'promotion[type]': 'coupon',
      'promotion[coupon]': 'ALWAYS',
      code: 'FRIEND',
    });
    const redeemed = await story.own('POST', `billing/subscriptions/${id}/discounts`, { code: 'FRIEND' });
    expect(redeemed.json.discounts).toMatchObject([{ coupon: 'ALWAYS', duration: 'forever', endsAt: null }]);
    const input = {
      subscriptionId: id,
      discountId: redeemed.json.discounts[0].id,
      reason: 'no friend any more',
    };
    expect((await story.staff('subscriptions.removeDiscount', input)).json.result.data[0].discounts).toEqual(
      [],
    );
    const again = await story.staff('subscriptions.removeDiscount', input);
    expect(again.status).toBe(404);
  });

  it('is typed on the hosted checkout too: 29.00 − 20.00 = 9.00, and a wrong code changes nothing', async () => {
    const wish = { family: 'voice-words', plan: 'basic' };
    const opened = await story.own('POST', 'billing/checkout-sessions', wish);
    expect(opened.status).toBe(201);
    const post = async (fields: Readonly<Record<string, string>>) => {
      const answer = await fetch(opened.json.url, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(fields),
      });
      return { status: answer.status, page: await answer.text() };
    };
    const wrong = await post({ action: 'promotion', promotionCode: 'GOODBYE' });
    expect(wrong.page).toContain('This code is invalid.');
    expect((await post({ action: 'promotion', promotionCode: 'HELLO' })).page).toContain('$9.00');
    const card = { cardNumber: '4242424242424242', cardExpiry: '12 / 34', cardCvc: '123', billingName: 'A' };
    expect((await post({ action: 'pay', ...card })).status).toBe(303);
    await story.settle();
    expect(await story.invoices()).toContain('2027-07-01 paid $9.00');
    expect(await story.linesOfNewest('paid')).toMatchObject({ 'Discount: Welcome': '-$20.00' });
  });
});

describe('a thousand yen off', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Tokyo Leads', { at: '2027-04-01T00:00:00Z', currency: 'JPY' });
    await story.atStripe('coupons', {
      id: 'SEN',
      name: 'Sen',
      amount_off: '1000',
      currency: 'jpy',
      duration: 'repeating',
      duration_in_months: '12',
    });
    await story.atStripe('promotion_codes', {
      'promotion[type]': 'coupon',
      'promotion[coupon]': 'SEN',
      code: 'SEN',
    });
    await story.atStripe('coupons', {
      id: 'DOLLARS',
      amount_off: '1000',
      currency: 'usd',
      duration: 'repeating',
      duration_in_months: '12',
    });
  }, 60_000);
  afterAll(() => story.close());

  it('is a thousand yen, not ten: 14 800 − 1 000', async () => {
    await story.subscribe({ family: 'agent-leads', plan: 'growth', promotionCode: 'SEN' });
    expect(await story.invoices()).toEqual(['2027-04-01 paid ¥13,800']);
  });

  it('refuses an amount in another currency', async () => {
    const { id } = await story.subscription();
    const input = { subscriptionId: id, coupon: 'DOLLARS', reason: 'by mistake' };
    const refused = await story.staff('subscriptions.applyCoupon', input);
    expect(refused.json.error.data.code).toBe('DISCOUNT_NOT_APPLICABLE');
    expect((await story.subscription()).discounts).toHaveLength(1);
  });
});
