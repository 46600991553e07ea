import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

describe('a quiet season at a telephony shop', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Alpine Calls', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
  }, 60_000);
  afterAll(() => story.close());

  it('stops the service at once and bills nothing for it', async () => {
    await story.at('2027-04-10T00:00:00Z', 'the season ends');
    const paused = await story.pause();
    expect(paused).toMatchObject({ status: 'paused', access: 'suspended' });
    expect(paused.pausedAt).toBe('2027-04-10T00:00:00.000Z');
    expect(await story.check('call')).toMatchObject({ decision: 'blocked', reason: 'subscription_paused' });
    expect(await story.invoices()).toEqual(['2027-04-01 paid $49.00']);
  });

  it('goes on within the paid month for nothing', async () => {
    await story.at('2027-04-15T00:00:00Z', 'an early start');
    const resumed = await story.resume();
    expect(resumed).toMatchObject({ status: 'active', access: 'full', pausedAt: null });
    expect(resumed.currentPeriod.end).toBe('2027-05-01T00:00:00.000Z');
    expect((await story.check('call')).decision).toBe('allowed');
    await story.at('2027-05-01T02:00:00Z', 'the renewal of May: 49.00');
    expect(await story.invoices()).toEqual(['2027-04-01 paid $49.00', '2027-05-01 paid $49.00']);
  });

  it('renews nothing over two month ends', async () => {
    await story.at('2027-05-11T00:00:00Z', 'the season ends for good');
    await story.pause();
    await story.at('2027-07-05T00:00:00Z', 'June and July began without a charge');
    expect(await story.invoices()).toHaveLength(2);
  });

  it('charges the rest of July to the second and keeps the first of the month', async () => {
    await story.at('2027-07-16T12:00:00Z', 'half of July is left: 49.00 × 15.5 / 31 = 24.50');
    await story.resume();
    await story.at('2027-08-01T02:00:00Z', 'the renewal of August: 49.00');
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $49.00',
      '2027-05-01 paid $49.00',
      '2027-07-16 paid $24.50',
      '2027-08-01 paid $49.00',
    ]);
  });
});

describe('leads counted at Stripe before a pause over the end of the month', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Pause Leads', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'agent-leads', plan: 'growth' });
  }, 60_000);
  afterAll(() => story.close());

  it('bills them once, with the first invoice after the pause', async () => {
    await story.at('2027-04-10T10:10:00Z', 'four leads');
    await story.use('lead_qualified', '4');
    await story.at('2027-04-20T00:00:00Z', 'a break');
    await story.pause();
    await story.at('2027-05-01T03:00:00Z', 'April ends, nothing renews');
    await story.at('2027-05-16T12:00:00Z', 'back: 99.00 × 15.5 / 31 = 49.50, and 4 × 2.00 of April');
    await story.resume();
    expect(await story.invoices()).toEqual(['2027-04-01 paid $99.00', '2027-05-16 paid $57.50']);
    await story.at('2027-06-01T03:00:00Z', 'the renewal of June');
    expect(await story.invoices()).toContain('2027-06-01 paid $99.00');
  });
});

describe('leads counted at Stripe before a pause that is over when the month is closed', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Short Pause', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'agent-leads', plan: 'growth' });
  }, 60_000);
  afterAll(() => story.close());

  it('bills them once although nothing says any more that the end of April fell into a pause', async () => {
    await story.at('2027-04-10T10:10:00Z', 'four leads');
    await story.use('lead_qualified', '4');
    await story.at('2027-04-30T23:30:00Z', 'a break over midnight');
    await story.pause();
    await story.at('2027-05-01T00:30:00Z', 'back within the hour: nearly all of 99.00');
    await story.resume();
    await story.at('2027-05-01T02:00:00Z', 'April is closed: 4 × 2.00 wait for the next invoice');
    await story.at('2027-06-01T03:00:00Z', 'the renewal of June: 99.00 and 8.00');
    expect(await story.invoices()).toEqual([
      '2027-04-01 paid $99.00',
      '2027-05-01 paid $98.93',
      '2027-06-01 paid $107.00',
    ]);
  });
});

describe('collection that is paused at Stripe alone', () => {
  let story: Scenario;
  let stripeId: string;
  beforeAll(async () => {
    story = await Scenario.open('Uncollected Calls', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'voice-ops', plan: 'pro' });
    stripeId = await story.stripeSubscriptionId();
  }, 60_000);
  afterAll(() => story.close());

  it.each([
    { behavior: 'keep_as_draft', at: '2027-05-01', becomes: 'draft' },
    { behavior: 'mark_uncollectible', at: '2027-06-01', becomes: 'uncollectible' },
    { behavior: 'void', at: '2027-07-01', becomes: 'void' },
  ])('$behavior: the service goes on, the invoice is $becomes', async ({ behavior, at, becomes }) => {
    await story.atStripe(`subscriptions/${stripeId}`, { 'pause_collection[behavior]': behavior });
    await story.settle();
    expect(await story.subscription()).toMatchObject({
      status: 'active',
      access: 'full',
      pausedAt: null,
      collectionPause: { behavior, resumesAt: null },
      can: { changePlan: { allowed: false } },
    });
    const quote = await story.own('POST', 'billing/quotes', { family: 'voice-ops', plan: 'business' });
    expect([quote.status, quote.json.error.code]).toEqual([409, 'CHANGE_NOT_POSSIBLE']);
    await story.at(`${at}T02:00:00Z`, `a renewal while invoices are ${becomes}`);
    expect(await story.invoices()).toContain(`${at} ${becomes} $49.00`);
    expect(await story.check('call')).toMatchObject({ decision: 'allowed' });
    const notices = await story.notices();
    expect(notices).toContain('collection_paused');
    expect(notices).not.toContain('past_due');
  });

  it('is not fought by the comparison with Stripe, and collects again when its time is over', async () => {
    const resumes = String(Date.UTC(2027, 6, 15) / 1000);
    await story.atStripe(`subscriptions/${stripeId}`, {
      'pause_collection[behavior]': 'void',
      'pause_collection[resumes_at]': resumes,
    });
    await story.at('2027-07-10T12:00:00Z', 'many comparisons later');
    expect((await story.subscription()).collectionPause).toEqual({
      behavior: 'void',
      resumesAt: '2027-07-15T00:00:00.000Z',
    });
    await story.at('2027-08-01T02:00:00Z', 'collection has resumed');
    expect((await story.subscription()).collectionPause).toBeNull();
    expect(await story.invoices()).toContain('2027-08-01 paid $49.00');
    expect(await story.notices()).not.toContain('collection_paused');
  });

  it('cannot be closed while it runs or owes, and what was used until the end is billed', async () => {
    await story.at('2027-08-20T11:00:00Z', 'ten calls more than included');
    await story.use('call', '510');
    await story.at('2027-08-20T12:00:00Z', 'an end at once');
    const close = () => story.asOwner('organizations.close', { confirmName: 'Uncollected Calls' });
    expect((await close()).status).toBe(409);
    const { id } = await story.subscription();
    const canceled = await story.own('POST', `billing/subscriptions/${id}/cancel`, { at: 'now' });
    expect([canceled.status, canceled.json.status]).toEqual([200, 'canceled']);
    await story.at('2027-08-20T15:00:00Z', 'its usage is final: 10 × 0.10');
    expect(await story.invoices()).toContain('2027-08-20 paid $1.00');
    // The draft of May is still to be decided about.
    expect((await close()).status).toBe(409);
  });
});
