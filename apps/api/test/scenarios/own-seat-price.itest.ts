import { diffCatalog } from '@metergate/core/catalog/publish-catalog';
import { alignPrices } from '@metergate/core/payments/own-prices/align-prices';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

const seat = { family: 'agent-studio', plan: 'pro', component: 'user', interval: 'month', currency: 'USD' };
const reason = 'agreed by mail';
const agreement = { ...seat, unitPrice: '39', reason, expiresAt: '2027-06-15T00:00:00Z', replaces: null };

interface Row {
  component: string;
  plan: string;
  interval: string;
  own: { id: string; unitPrice: string } | null;
  running: { unitPrice: string; nextUnitPrice: string } | null;
}
const seatRow = (data: { prices: Row[] }) =>
  data.prices.find(
    ({ plan, component, interval }) => `${plan} ${component} ${interval}` === 'pro user month',
  );

describe('a studio with a price of its own for a seat', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Own Seat Studio', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'agent-studio', plan: 'pro', quantity: '5' });
  }, 60_000);
  afterAll(() => story.close());

  it.each([
    { what: 'a negative price', change: { unitPrice: '-1' }, status: 400, code: null },
    { what: 'words', change: { unitPrice: 'less' }, status: 400, code: null },
    { what: 'a price in exponents', change: { unitPrice: '1e2' }, status: 400, code: null },
    { what: 'thirteen decimals', change: { unitPrice: '0.0000000000001' }, status: 400, code: null },
    { what: 'no reason', change: { reason: ' ' }, status: 400, code: null },
    {
      what: 'more than can be paid',
      change: { unitPrice: '1000000' },
      status: 422,
      code: 'OWN_PRICE_TOO_LARGE',
    },
    { what: 'another currency', change: { currency: 'EUR' }, status: 422, code: 'OWN_PRICE_NOT_POSSIBLE' },
    {
      what: 'an item that is unknown',
      change: { component: 'desk' },
      status: 422,
      code: 'OWN_PRICE_NOT_POSSIBLE',
    },
    {
      what: 'a price of usage',
      change: { family: 'voice-ops', component: 'call' },
      status: 422,
      code: 'OWN_PRICE_NOT_POSSIBLE',
    },
    { what: 'a plan that is not sold', change: { plan: 'gone' }, status: 404, code: 'PLAN_UNKNOWN' },
    { what: 'a plan that is free', change: { plan: 'free' }, status: 404, code: 'PLAN_UNKNOWN' },
    {
      what: 'a plan that is made to measure',
      change: { plan: 'enterprise' },
      status: 404,
      code: 'PLAN_UNKNOWN',
    },
    {
      what: 'a fee finer than a cent',
      change: { family: 'voice-ops', component: 'base', unitPrice: '9.999' },
      status: 422,
      code: 'OWN_PRICE_TOO_FINE',
    },
    {
      what: 'an end in the past',
      change: { expiresAt: '2027-03-01T00:00:00Z' },
      status: 422,
      code: 'OVERRIDE_EXPIRY_PASSED',
    },
    {
      what: 'a replacement of nothing',
      change: { replaces: `ovr_${'0'.repeat(32)}` },
      status: 409,
      code: 'OWN_PRICE_CHANGED',
    },
  ])('refuses $what', async ({ change, status, code }) => {
    const answer = await story.staffTries('ownPrices.set', { ...agreement, ...change });
    expect([answer.status, code === null ? null : answer.json.error.data.code]).toEqual([status, code]);
  });

  it('is one agreement when it is clicked twice, and two people do not overwrite each other', async () => {
    await story.at('2027-04-10T00:00:00Z', 'from the next renewal on a seat costs 39.00, until 15 June');
    const answers = await Promise.all([1, 2, 3].map(() => story.staff('ownPrices.set', agreement)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const data = answers[0]?.json.result.data;
    expect(data.history).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => seatRow(json.result.data)?.own?.id)).size).toBe(1);
    const other = await story.staff('ownPrices.set', { ...agreement, unitPrice: '35' });
    expect([other.status, other.json.error.data.code]).toEqual([409, 'OWN_PRICE_CHANGED']);
  });

  it('leaves the running month as it is: a sixth seat costs what the other five do', async () => {
    expect(seatRow(await story.staffSees('ownPrices.list'))?.running).toMatchObject({
      unitPrice: '49',
      nextUnitPrice: '39',
    });
    await story.at('2027-04-16T00:00:00Z', 'half of April is left');
    const quote = await story.change({ family: 'agent-studio', quantity: '6' });
    expect(quote.nextInvoice).toMatchObject({ amountMinor: '23400' });
    expect(await story.invoices()).toEqual(['2027-04-01 paid $245.00', '2027-04-16 paid $24.50']);
    expect((await story.subscription()).recurring.amountMinor).toBe('29400');
  });

  it('is charged from the renewal on, and counts less recurring revenue from then on', async () => {
    await story.at('2027-05-01T03:00:00Z', '6 × 39.00');
    expect(await story.invoices()).toContain('2027-05-01 paid $234.00');
    expect((await story.subscription()).recurring.amountMinor).toBe('23400');
    expect((await story.subscription()).items[0].priceKey).toBe(
      'mg_agent-studio_pro_v1_user_month_usd_own_39',
    );
    expect(await story.explainNewest(/Agent Studio: User/)).toMatchObject({
      kind: 'recurring',
      ownPrice: { unitPrice: '39', planPrice: '49', reason },
      formula: [
        'own price $39.00 instead of $49.00, until 2027-06-15: agreed by mail',
        '6 × $39.00',
        '= $234.00',
      ],
    });
  });

  it('prorates seats that are bought in the middle of a month at it', async () => {
    await story.at('2027-05-16T12:00:00Z', 'half of May: 9 × 39.00 / 2 − 6 × 39.00 / 2');
    await story.change({ family: 'agent-studio', quantity: '9' });
    expect(await story.invoices()).toContain('2027-05-16 paid $58.50');
    const explained = await story.explainNewest(/^Remaining time on 9/);
    expect(explained).toMatchObject({ kind: 'proration', ownPrice: { unitPrice: '39', planPrice: '49' } });
    expect(explained.formula.slice(2)).toEqual([
      expect.stringMatching(/^\$351\.00 × 1339[12]\d\d ÷ 2678400$/),
      '= $175.50',
    ]);
    await story.at('2027-06-01T03:00:00Z', '9 × 39.00');
    expect(await story.invoices()).toContain('2027-06-01 paid $351.00');
  });

  it('stays until the renewal when its end passes in the middle of a month', async () => {
    expect(seatRow(await story.staffSees('ownPrices.list'))?.running).toMatchObject({
      unitPrice: '39',
      nextUnitPrice: '49',
    });
    await story.at('2027-06-16T00:00:00Z', 'over for a day; 2 × 39.00 / 2');
    await story.change({ family: 'agent-studio', quantity: '11' });
    expect(await story.invoices()).toContain('2027-06-16 paid $39.00');
    const { history } = await story.staffSees('ownPrices.list');
    expect(history[0]).toMatchObject({ sets: 'own_price', value: '39', endedAt: '2027-06-15T00:00:00.000Z' });
    await story.at('2027-07-01T03:00:00Z', '11 × 49.00');
    expect(await story.invoices()).toContain('2027-07-01 paid $539.00');
    expect((await story.explainNewest(/Agent Studio: User/)).ownPrice).toBeNull();
  });
});

describe('a price of its own for a fee in yen', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Own Fee Leads', { at: '2027-04-01T00:00:00Z', currency: 'JPY' });
  }, 60_000);
  afterAll(() => story.close());

  const fee = { family: 'agent-leads', plan: 'starter', component: 'base', currency: 'JPY', reason };
  const monthly = { ...fee, interval: 'month', expiresAt: null, replaces: null };
  const rowOf = (data: { prices: Row[] }) =>
    data.prices.find(({ plan, interval }) => `${plan} ${interval}` === 'starter month');

  it('is not agreed on more finely than yen are paid', async () => {
    const { status, json } = await story.staff('ownPrices.set', { ...monthly, unitPrice: '3000.5' });
    expect([status, json.error.data.code]).toEqual([422, 'OWN_PRICE_TOO_FINE']);
  });

  it('counts at once for what is bought after it was agreed, also when Stripe was away then', async () => {
    await story.outage(true);
    const set = await story.staff('ownPrices.set', { ...monthly, unitPrice: '4000' });
    expect(set.status).toBe(200);
    await story.outage(false);
    await story.settle();
    await story.subscribe({ family: 'agent-leads', plan: 'starter' });
    expect(await story.invoices()).toEqual(['2027-04-01 paid ¥4,000']);
  });

  it('is charged from now on when staff want it so, prorated by a quote like any other change', async () => {
    await story.at('2027-04-16T00:00:00Z', 'half of April is left: 3,000 / 2 − 4,000 / 2 = −500');
    const replaces = rowOf(await story.staffSees('ownPrices.list'))?.own?.id;
    await story.staff('ownPrices.set', { ...monthly, unitPrice: '3000', replaces });
    expect(rowOf(await story.staffSees('ownPrices.list'))?.running).toMatchObject({
      unitPrice: '4000',
      nextUnitPrice: '3000',
      isDifferent: true,
    });
    const quoted = (await story.staff('ownPrices.quoteNow', { family: 'agent-leads' })).json.result.data;
    expect(quoted.lines.map(({ amountMinor }: { amountMinor: string }) => amountMinor).sort()).toEqual([
      '-2000',
      '1500',
    ]);
    const apply = { quoteId: quoted.id, reason };
    const applied = await Promise.all([1, 2].map(() => story.staff('ownPrices.applyNow', apply)));
    expect(applied.map(({ status }) => status).sort()).toContain(200);
    expect(rowOf(await story.staffSees('ownPrices.list'))?.running).toMatchObject({
      unitPrice: '3000',
      nextUnitPrice: '3000',
      isDifferent: false,
    });
    // Nothing is left to be charged, whether or not the next renewal has its price at Stripe too.
    for (const wait of [async () => undefined, () => story.settle()]) {
      await wait();
      const again = await story.staff('ownPrices.quoteNow', { family: 'agent-leads' });
      expect([again.status, again.json.error?.data.code]).toEqual([422, 'CHANGE_IS_NOTHING']);
    }
    await story.at('2027-05-01T03:00:00Z', '3,000 − 500 that was credited');
    expect(await story.invoices()).toContain('2027-05-01 paid ¥3,000');
  });

  it('is not quoted to anybody but staff', async () => {
    const wish = { family: 'agent-leads', at: 'now', isRepriced: true };
    expect((await story.own('POST', 'billing/quotes', wish)).json.error.code).toBe('INVALID_INPUT');
    expect((await story.asOwner('admin.ownPrices.quoteNow', { family: 'agent-leads' })).status).toBe(403);
    expect((await story.asOwner('admin.ownPrices.set', { ...monthly, unitPrice: '1' })).status).toBe(403);
  });

  it('belongs to its plan: another plan inherits the catalogue, and the quote says so', async () => {
    const wish = { family: 'agent-leads', plan: 'growth', at: 'period_end' };
    const quote = (await story.own('POST', 'billing/quotes', wish)).json;
    expect(quote.losses).toContainEqual(expect.stringContaining('Own price ends.'));
    expect(quote.nextInvoice.amountMinor).toBe('14800');
    await story.own('POST', `billing/quotes/${quote.id}/accept`);
    await story.settle();
    const growth = { ...monthly, plan: 'growth', unitPrice: '12000' };
    await story.staff('ownPrices.set', growth);
    await story.at('2027-06-01T03:00:00Z', 'the scheduled plan at what was agreed on it meanwhile');
    expect(await story.invoices()).toContain('2027-06-01 paid ¥12,000');
  });

  it('ends by hand with the running month, and once', async () => {
    const { prices } = await story.staffSees('ownPrices.list');
    const { id } = prices.find(({ plan }: Row) => plan === 'growth').own;
    expect((await story.staff('ownPrices.end', { id, reason })).status).toBe(200);
    expect((await story.staff('ownPrices.end', { id, reason })).status).toBe(404);
    expect((await story.subscription()).recurring.amountMinor).toBe('12000');
    await story.at('2027-07-01T03:00:00Z', 'the price of the catalogue again');
    expect(await story.invoices()).toContain('2027-07-01 paid ¥14,800');
  });
});

describe('an agency with a price of its own for its clients', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Own Client Agency', { at: '2027-04-01T00:00:00Z' });
    for (const name of ['Contoso', 'Fabrikam']) await story.own('POST', 'clients', { name });
    await story.subscribe({ family: 'agency', plan: 'agency', trialDays: 14 });
  }, 60_000);
  afterAll(() => story.close());

  const client = {
    family: 'agency',
    plan: 'agency',
    component: 'client',
    interval: 'month',
    currency: 'USD',
  };
  const agreed = { ...client, unitPrice: '40', reason, expiresAt: null, replaces: null };
  const rowOf = (data: { prices: Row[] }) => data.prices.find(({ component }) => component === 'client');
  const isEqual = async () =>
    (await story.staffSees('organizations.drift')).every(({ equal }: { equal: boolean }) => equal);
  const actor = { kind: 'job' as const, name: 'align-prices' };
  const align = () => story.asWorker((deps, request) => alignPrices(deps, { ...request, actor }));

  it('is charged from the end of the trial in which it was agreed', async () => {
    await story.at('2027-04-05T00:00:00Z', 'ten days of trial are left');
    await story.staff('ownPrices.set', agreed);
    await story.at('2027-04-15T03:00:00Z', '99.00 + 2 × 40.00');
    expect(await story.invoices()).toContain('2027-04-15 paid $179.00');
  });

  it('is no difference to Stripe, and publishing the catalogue again leaves it alone', async () => {
    expect(await isEqual()).toBe(true);
    const actions = await story.asWorker(async ({ publishing, gateway, clock, families }) => {
      const changes = await diffCatalog({ ...publishing, gateway, clock }, families);
      return changes.map(({ action }) => action);
    });
    expect(new Set(actions)).toEqual(new Set(['keep']));
  });

  it('counts for a client that comes in the middle of a period, and changes once when Stripe is back', async () => {
    await story.at('2027-04-30T00:00:00Z', 'half of the period is left: 3 × 40.00 / 2 − 2 × 40.00 / 2');
    await story.outage(true);
    const replaces = rowOf(await story.staffSees('ownPrices.list'))?.own?.id;
    await story.staff('ownPrices.set', { ...agreed, unitPrice: '30', replaces });
    await story.own('POST', 'clients', { name: 'Tailspin' });
    await story.outage(false);
    await Promise.allSettled([align(), align(), align()]);
    await story.settle();
    expect(await align()).toBe(0);
    expect(rowOf(await story.staffSees('ownPrices.list'))?.running).toMatchObject({
      unitPrice: '40',
      nextUnitPrice: '30',
    });
    expect(await isEqual()).toBe(true);
    await story.at('2027-05-15T03:00:00Z', '99.00 + 3 × 30.00 + 20.00');
    expect(await story.invoices()).toContain('2027-05-15 paid $209.00');
  });

  it('is brought in line after a pause in which it was ended', async () => {
    await story.at('2027-05-20T00:00:00Z', 'a pause of five days');
    await story.pause();
    const id = rowOf(await story.staffSees('ownPrices.list'))?.own?.id;
    expect((await story.staff('ownPrices.end', { id, reason })).status).toBe(200);
    await story.at('2027-05-25T00:00:00Z', 'it goes on');
    await story.resume();
    await story.at('2027-06-15T03:00:00Z', '99.00 + 3 × 49.00');
    expect(await story.invoices()).toContain('2027-06-15 paid $246.00');
  });
});
