import { randomUUID } from 'node:crypto';
import { createCaller } from '../trial/caller.ts';
import { type Buyer, proMonthly, startStripeStory } from '../trial/stripe-story.ts';
import { runTrial } from '../trial/trial.ts';

/** How fast one worker applies a backlog of stored events, each read again at Stripe. */
await runTrial('webhooks: a backlog drained by one worker', async (trial) => {
  const eventCount = trial.isLong ? 5_000 : Number(process.env.EVENTS ?? 5_000);
  const story = await startStripeStory(trial);
  const api = await trial.startApi(story.settings);
  const caller = createCaller({ url: api.url, key: trial.key });
  const buyers: Buyer[] = [];
  for (let n = 0; n < 50; n += 1) buyers.push(await story.addBuyer(`buyer-${n}`));
  const payloads: object[] = [];
  for (const { customer } of buyers) {
    const { id } = await story.subscribe({ organizationId: '', customer }, proMonthly);
    payloads.push({ id, object: 'subscription', customer });
  }
  // Stored in one statement, so that the time measured is the worker's alone.
  const startedAt = performance.now();
  await trial.database.owner.query(
    `insert into inbound_events (id, source, external_id, type, livemode, stripe_created_at, payload, payload_hash,
       object_id, stripe_customer_id, status, attempts, next_attempt_at, received_at)
     select gen_random_uuid(), 'stripe', 'evt_' || $1 || n, 'customer.subscription.updated', false, now(),
            jsonb_build_object('data', jsonb_build_object('object', o)), sha256('backlog'),
            o->>'id', o->>'customer', 'received', 0, now(), now()
       from generate_series(1, $2) n
       cross join lateral (select $3::jsonb -> (n % 50)::int as o) picked`,
    [randomUUID().replaceAll('-', ''), eventCount, JSON.stringify(payloads)],
  );
  while ((await open()) > 0) await caller.post('/test/drain', {}, { timeoutMs: 600_000 });
  const seconds = (performance.now() - startedAt) / 1000;
  const processed = await trial.count(
    `select count(*) from inbound_events where status = 'processed' and payload_hash = sha256('backlog')`,
  );
  const starts = await trial.count(`select count(*) from audit_log where action = 'subscription.started'`);
  trial.note(
    `${eventCount} events in ${seconds.toFixed(1)} s = ${(eventCount / seconds).toFixed(0)} per second`,
  );
  trial.check('processed', processed === eventCount, `${processed} of ${eventCount}`);
  trial.check('effects per subscription', starts === buyers.length, `${starts} of ${buyers.length}`);

  function open(): Promise<number> {
    return trial.count(`select count(*) from inbound_events where status not in ('processed', 'ignored')`);
  }
});
