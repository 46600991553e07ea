import { createCaller, usageBody } from '../trial/caller.ts';
import { type Buyer, eventually, proMonthly, startStripeStory } from '../trial/stripe-story.ts';
import { between, runTrial, sleep } from '../trial/trial.ts';

/** Stripe is away, says "too many", hangs, or does the work and then fails: we go on, queue, and catch up. */
await runTrial('P12 Stripe is down', async (trial) => {
  const secondsEach = trial.isLong ? 120 : 2;
  const story = await startStripeStory(trial);
  const api = await trial.startApi(story.settings);
  const caller = createCaller({ url: api.url, key: trial.key });
  await trial.setLimit('execution', 1_000_000_000);
  const buyers: Buyer[] = [];
  for (let n = 0; n < 4; n += 1) buyers.push(await story.addBuyer(`buyer-${n}`));
  for (const buyer of buyers) await story.subscribe(buyer, proMonthly);
  for (const event of await story.events(buyers)) await story.deliver(api.url, event);
  await caller.post('/test/drain', {});

  const faults: [string, object][] = [
    ['503', { kind: 'outage', when: 'before' }],
    ['429', { kind: 'rate_limit', when: 'before' }],
    ['no answer', { kind: 'latency', when: 'before', latencyMs: 20_000 }],
    ['done, then 500', { kind: 'error_500', when: 'after' }],
  ];
  let intents = 0;
  for (const [name, fault] of faults) {
    await story.control('POST', '/faults', {
      api: [{ route: 'POST /v1/invoiceitems', probability: 1, ...fault }],
    });
    for (const buyer of buyers) await intend(buyer);
    const { failures, slowest } = await serve(secondsEach);
    trial.check(`${name}: checks and usage that failed`, failures === 0, failures);
    trial.note(`${name}: slowest answer ${Math.round(slowest)} ms`);
  }
  await story.control('DELETE', '/faults');
  const startedAt = performance.now();
  const left = () => trial.count(`select count(*) from outbox where status <> 'done'`);
  const isDrained = await eventually(async () => {
    await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
    return (await left()) === 0;
  }, 300);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  trial.check('queue drained within 5 min', isDrained, `${seconds} s, ${await left()} left`);
  const { data } = await story.call('GET', 'invoiceitems', { limit: 100 });
  const made = data.filter(({ metadata }: { metadata: Record<string, string> }) => 'intent' in metadata);
  trial.check('objects at Stripe = intents', made.length === intents, `${made.length} of ${intents}`);

  async function serve(forSeconds: number): Promise<{ failures: number; slowest: number }> {
    const until = performance.now() + forSeconds * 1000;
    let failures = 0;
    let slowest = 0;
    while (performance.now() < until) {
      const answers = await Promise.all([
        caller.post('/v1/usage-events', usageBody([{ id: `e-${Math.random()}`, quantity: between(1, 5) }])),
        caller.post('/v1/limits/check', { organization: 'acme', feature: 'execution', quantity: '1' }),
      ]);
      failures += answers.filter(({ status }) => status !== 200).length;
      slowest = Math.max(slowest, ...answers.map(({ tookMs }) => tookMs));
      await sleep(20);
    }
    return { failures, slowest };
  }

  async function intend({ organizationId, customer }: Buyer): Promise<void> {
    intents += 1;
    const payload = {
      stripeCustomerId: customer,
      stripeSubscriptionId: null,
      stripeInvoiceId: null,
      description: 'trial',
      amountMinor: '100',
      currency: 'USD',
      periodStart: new Date(Date.now() - 86_400_000).toISOString(),
      periodEnd: new Date().toISOString(),
      metadata: { intent: String(intents) },
    };
    await trial.database.owner.query(
      `insert into outbox (organization_id, id, kind, payload, idempotency_key, next_attempt_at)
       values ($1, gen_random_uuid(), 'stripe.invoice_item.add', $2, $3, now())`,
      [organizationId, JSON.stringify(payload), `trial:intent:${intents}`],
    );
  }
});
