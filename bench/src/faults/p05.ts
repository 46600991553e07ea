import { createCaller } from '../trial/caller.ts';
import {
  type Buyer,
  businessMonthly,
  eventually,
  proMonthly,
  type StripeEvent,
  startStripeStory,
} from '../trial/stripe-story.ts';
import { runTrial } from '../trial/trial.ts';

/** A fifth of the webhooks never comes and objects change behind our back; one sweep later nothing differs. */
await runTrial('P5 the mirror converges', async (trial) => {
  const buyerCount = trial.isLong ? 100 : 10;
  const story = await startStripeStory(trial);
  const api = await trial.startApi(story.settings);
  const caller = createCaller({ url: api.url, key: trial.key });
  const buyers: Buyer[] = [];
  for (let n = 0; n < buyerCount; n += 1) buyers.push(await story.addBuyer(`buyer-${n}`));
  for (const buyer of buyers) await story.subscribe(buyer, proMonthly);
  const first = await story.events(buyers);
  let dropped = await deliverMost(first);
  for (const [n, { customer }] of buyers.entries()) {
    const { data } = await story.call('GET', 'subscriptions', { customer });
    const [{ id, items }] = data;
    if (n % 5 === 1) await story.call('DELETE', `subscriptions/${id}`);
    if (n % 5 === 2) await story.call('POST', `subscriptions/${id}`, { cancel_at_period_end: true });
    if (n % 5 === 3) {
      const price = await story.price(businessMonthly);
      await story.call('POST', `subscriptions/${id}`, { items: [{ id: items.data[0].id, price }] });
    }
    if (n % 5 === 4) await story.call('DELETE', `customers/${customer}`);
  }
  const all = await story.events(buyers);
  // One customer changes without any event at all.
  const lost = buyers[2]?.customer;
  const second = all.slice(first.length).filter(({ data }) => data.object.customer !== lost);
  dropped += all.length - first.length - second.length + (await deliverMost(second));
  trial.note(`${dropped} of ${all.length} events dropped for ever`);
  trial.note(`fields that differ before the sweep: ${(await differences()).length}`);
  const now = new Date(Date.now() + 3_600_000).toISOString();
  await story.control('POST', '/clock', { now });
  await caller.post('/test/clock', { now });
  await eventually(async () => {
    await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
    return (await differences()).length === 0;
  }, 60);
  const left = await differences();
  trial.check('fields that differ after one sweep', left.length === 0, left.length);
  for (const difference of left.slice(0, 5)) trial.note(difference);

  async function deliverMost(events: readonly StripeEvent[]): Promise<number> {
    const kept = events.filter((_event, n) => n % 5 !== 0);
    for (const event of kept) await story.deliver(api.url, event);
    await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
    return events.length - kept.length;
  }

  async function differences(): Promise<string[]> {
    const found: string[] = [];
    for (const { organizationId, customer } of buyers) {
      const { rows } = await trial.database.owner.query(
        `select stripe_subscription_id as id, status, cancel_at_period_end as ends, plan,
                extract(epoch from current_period_end)::bigint::text as period_end
         from subscriptions where organization_id = $1`,
        [organizationId],
      );
      const remote = await story.call('GET', 'subscriptions', { customer, status: 'all' });
      for (const { id, status, cancel_at_period_end: ends, items } of remote.data) {
        const local = rows.find((row) => row.id === id);
        const [item] = items.data;
        const plan = String(item.price.lookup_key).split('_')[2];
        const expected = { status, ends, plan, period_end: String(item.current_period_end) };
        for (const [field, value] of Object.entries(expected)) {
          if (local?.[field] !== value) found.push(`${id} ${field}: ${local?.[field]} instead of ${value}`);
        }
      }
    }
    return found;
  }
});
