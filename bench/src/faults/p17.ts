import { createCaller } from '../trial/caller.ts';
import { intentsAtStripe, leaveIntent, undelivered } from '../trial/intents.ts';
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
  for (let n = 0; n < count; n += 1) {
    const buyer = buyers[n % buyers.length];
    if (buyer !== undefined) await leaveIntent(trial, buyer, String(n));
  }
  const died = await Promise.race([api.ended().then(() => true), sleep(30_000).then(() => false)]);
  trial.check('the sender died right after sending', died);
  await forgetADay();
  await api.start();
  // In the long form the lease of the killed worker (60 s) is waited for.
  if (!trial.isLong) {
    await trial.database.owner.query(`update outbox set lease_until = now() where status = 'sending'`);
    trial.note('the lease of the killed worker was ended early');
  }
  const isDrained = await eventually(async () => (await undelivered(trial)) === 0, trial.isLong ? 600 : 60);
  trial.check('every message is delivered', isDrained, `${await undelivered(trial)} left`);
  await story.control('DELETE', '/faults');
  const made = await intentsAtStripe(story);
  const repeated = made.length - new Set(made).size;
  trial.check('lines at Stripe', made.length === count, `${made.length} of ${count} intents`);
  trial.check('intents with more than one line', repeated === 0, repeated);

  /** What the sender held when it died is found a day later, when Stripe has forgotten the keys of calls. */
  async function forgetADay(): Promise<void> {
    const { rowCount } = await trial.database.owner.query(
      `update outbox set created_at = now() - interval '25 hours' where status in ('sending', 'failed')`,
    );
    const { changes } = await story.control('GET', '/snapshot');
    const kept = changes.filter(({ kind }: { kind: string }) => kind !== 'idempotency');
    await story.control('POST', '/restore', { changes: kept });
    trial.note(
      `${rowCount} messages without a known end are a day old, ${changes.length - kept.length} keys forgotten`,
    );
  }
});
