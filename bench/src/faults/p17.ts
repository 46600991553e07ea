import { randomUUID } from 'node:crypto';
import { createCaller } from '../trial/caller.ts';
import { type Buyer, eventually, proMonthly, startStripeStory } from '../trial/stripe-story.ts';
import { runTrial, sleep } from '../trial/trial.ts';

/** Answers of Stripe get lost and the sender dies after sending: what was meant once happens once. */
await runTrial('P17 writes to Stripe happen once', async (trial) => {
  const count = trial.isLong ? 300 : 24;
  const story = await startStripeStory(trial);
  const api = await trial.startApi(story.settings);
  const caller = createCaller({ url: api.url, key: trial.key });
  const buyers: Buyer[] = [];
  for (let n = 0; n < 6; n += 1) buyers.push(await story.addBuyer(`buyer-${n}`));
  for (const buyer of buyers) await story.subscribe(buyer, proMonthly);
  await story.control('POST', '/faults', {
    api: [{ route: 'POST /v1/invoiceitems', kind: 'drop', when: 'after', probability: 0.34 }],
  });
  await caller.post('/test/crash', { point: 'outbox.after_send', n: 5 });
  for (let n = 0; n < count; n += 1) await intend(buyers[n % buyers.length], n);
  const died = await Promise.race([api.ended().then(() => true), sleep(30_000).then(() => false)]);
  trial.check('the sender died right after sending', died);
  await api.start();
  // In the long form the lease of the killed worker (60 s) is waited for.
  if (!trial.isLong) {
    await trial.database.owner.query(`update outbox set lease_until = now() where status = 'sending'`);
    trial.note('the lease of the killed worker was ended early');
  }
  const left = () => trial.count(`select count(*) from outbox where status <> 'done'`);
  const isDrained = await eventually(async () => (await left()) === 0, trial.isLong ? 600 : 60);
  trial.check('every message is delivered', isDrained, `${await left()} left`);
  await story.control('DELETE', '/faults');
  const { data } = await story.call('GET', 'invoiceitems', { limit: 100 });
  const made = data.filter(({ metadata }: { metadata: Record<string, string> }) => 'intent' in metadata);
  const distinct = new Set(made.map(({ metadata }: { metadata: Record<string, string> }) => metadata.intent));
  if (!trial.isLong) {
    trial.check('objects at Stripe', made.length === count, `${made.length} of ${count} intents`);
  }
  trial.check(
    'intents with more than one object',
    made.length === distinct.size,
    made.length - distinct.size,
  );

  async function intend(buyer: Buyer | undefined, n: number): Promise<void> {
    if (buyer === undefined) return;
    const { organizationId, customer } = buyer;
    const day = new Date(Date.now() - 86_400_000).toISOString();
    const payload = {
      stripeCustomerId: customer,
      stripeSubscriptionId: null,
      stripeInvoiceId: null,
      description: `intent ${n}`,
      amountMinor: '100',
      currency: 'USD',
      periodStart: day,
      periodEnd: new Date().toISOString(),
      metadata: { intent: String(n) },
    };
    await trial.database.owner.query(
      `insert into outbox (organization_id, id, kind, payload, idempotency_key, next_attempt_at)
       values ($1, $2, 'stripe.invoice_item.add', $3, $4, now())`,
      [organizationId, randomUUID(), JSON.stringify(payload), `trial:intent:${n}`],
    );
  }
});
