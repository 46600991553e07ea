import { createCaller } from '../trial/caller.ts';
import {
  type Buyer,
  businessMonthly,
  eventually,
  proMonthly,
  type StripeStory,
  shuffled,
  startStripeStory,
} from '../trial/stripe-story.ts';
import { between, runTrial, sleep, type Trial } from '../trial/trial.ts';

const lifeTypes = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.finalized',
  'invoice.paid',
  'customer.updated',
];

const endOfLife = `
  select s.plan, s.status, s.access,
         (select string_agg(i.status || ' ' || i.total_minor, ',') from invoices i
           where i.organization_id = s.organization_id) as invoices,
         (select count(*)::int from audit_log a
           where a.organization_id = s.organization_id and a.action = 'subscription.started') as starts
  from subscriptions s where s.organization_id = $1`;

/** Every event several times, in any order, over eight connections, while the API is killed: one effect each. */
await runTrial('P4 webhooks have one effect', async (trial) => {
  const buyerCount = trial.isLong ? 200 : 8;
  const kills = trial.isLong ? 10 : 2;
  const story = await startStripeStory(trial);
  const api = await trial.startApi(story.settings);
  const buyers: Buyer[] = [];
  for (let n = 0; n < buyerCount; n += 1) {
    const buyer = await story.addBuyer(`buyer-${n}`);
    const subscription = await story.subscribe(buyer, proMonthly);
    const item = subscription.items.data[0].id;
    await story.call('POST', `subscriptions/${subscription.id}`, {
      items: [{ id: item, price: await story.price(businessMonthly) }],
      proration_behavior: 'none',
    });
    buyers.push(buyer);
  }
  const events = await story.events(buyers);
  const queue = shuffled([...events, ...events, ...events]);
  trial.note(`${events.length} events of ${buyerCount} customers, 3 copies each, shuffled, 8 connections`);
  let isOver = false;
  const killer = (async () => {
    for (let n = 0; n < kills && !isOver; n += 1) {
      await sleep(between(300, 900));
      await api.end('SIGKILL');
      await api.start();
    }
  })();
  let acknowledged = 0;
  const sender = async () => {
    for (let event = queue.pop(); event !== undefined; event = queue.pop()) {
      // As Stripe does: again until it is acknowledged.
      while ((await story.deliver(api.url, event)) !== 200) await sleep(100);
      acknowledged += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  isOver = true;
  await killer;
  trial.note(`${acknowledged} deliveries acknowledged, ${kills} kills`);
  const open = () =>
    trial.count(`select count(*) from inbound_events where status in ('received', 'processing', 'failed')`);
  // In the long form the leases of killed workers (60 s) are waited for.
  if (!trial.isLong) {
    await trial.database.owner.query(
      `update inbound_events set lease_until = now() where status = 'processing'`,
    );
    trial.note('leases of killed workers were ended early');
  }
  const isDrained = await eventually(async () => (await open()) === 0, 90);
  trial.check('every event came to its end', isDrained, await open());
  const stored = await trial.count('select count(*) from inbound_events where external_id = any($1)', [
    events.map(({ id }) => id),
  ]);
  trial.check('stored once each', stored === events.length, `${stored} of ${events.length}`);
  const dead = await trial.count(`select count(*) from inbound_events where status in ('dead', 'parked')`);
  trial.check('given up', dead === 0, dead);
  const right = await trial.count(
    `select count(*) from subscriptions where plan = 'business' and status = 'active' and access = 'full'`,
  );
  trial.check('customers in the one right state', right === buyerCount, `${right} of ${buyerCount}`);
  const started = await trial.count(`select count(*) from audit_log where action = 'subscription.started'`);
  trial.check('starts written to the audit log', started === buyerCount, started);
  const receipts = await trial.count(`select count(*) from emails where template = 'receipt'`);
  trial.check('one receipt per paid invoice', receipts === buyerCount, receipts);
  await everyOrder(trial, story, api.url);
});

/** Six events of one life, each applied before the next comes: all 720 orders in the long form, some in the short. */
async function everyOrder(trial: Trial, story: StripeStory, apiUrl: string): Promise<void> {
  const caller = createCaller({ url: apiUrl, key: trial.key });
  const all = ordersOf(lifeTypes);
  const orders = trial.isLong ? all : shuffled(all).slice(0, 8);
  const ends = new Map<string, number>();
  for (const [n, order] of orders.entries()) {
    const buyer = await story.addBuyer(`order-${n}`);
    const { id, items } = await story.subscribe(buyer, proMonthly);
    const change = { items: [{ id: items.data[0].id, price: await story.price(businessMonthly) }] };
    await story.call('POST', `subscriptions/${id}`, { ...change, proration_behavior: 'none' });
    await story.call('DELETE', `subscriptions/${id}`);
    const events = await story.events([buyer]);
    for (const type of order) {
      const event = events.find((candidate) => candidate.type === type);
      if (event === undefined) throw new Error(`there is no ${type}`);
      await story.deliver(apiUrl, event);
      await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
    }
    const { rows } = await trial.database.owner.query(endOfLife, [buyer.organizationId]);
    const end = JSON.stringify(rows);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  trial.check(
    `${orders.length} orders of six events end the same`,
    ends.size === 1,
    [...ends.keys()].join(' or '),
  );
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, n) =>
    ordersOf(items.filter((_, k) => k !== n)).map((rest) => [first, ...rest]),
  );
}
