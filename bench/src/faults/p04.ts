import {
  type Buyer,
  businessMonthly,
  eventually,
  proMonthly,
  shuffled,
  startStripeStory,
} from '../trial/stripe-story.ts';
import { between, runTrial, sleep } from '../trial/trial.ts';

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
});
