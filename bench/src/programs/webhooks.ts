import { randomUUID } from 'node:crypto';
import { writeResults } from '../results.ts';
import { createCaller } from '../trial/caller.ts';
import { type Buyer, proMonthly, type StripeStory, startStripeStory } from '../trial/stripe-story.ts';
import { runTrial, type Trial } from '../trial/trial.ts';

const eventCount = Number(process.env.EVENTS ?? 5_000);
const buyerCount = Number(process.env.BUYERS ?? 250);
/** What Stripe takes of an account in test mode; in live mode it is four times as much. */
const requestsPerSecond = process.env.REQUESTS_PER_SECOND ?? '25';
const secondsMax = 60;

/** How fast one worker applies a backlog of stored events, each object read again at Stripe below its rate limit. */
await runTrial('webhooks: a backlog drained by one worker', async (trial) => {
  const story = await startStripeStory(trial);
  const api = await trial.startApi({ ...story.settings, STRIPE_REQUESTS_PER_SECOND: requestsPerSecond });
  const caller = createCaller({ url: api.url, key: trial.key });
  // The hourly comparison is due at the first look; it would read every customer beside the worker.
  await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
  const objects = await prepareBuyers(story);
  // Stored in one statement, so that the time measured is the worker's alone.
  const startedAt = performance.now();
  await store(trial, objects);
  while ((await open(trial)) > 0) await caller.post('/test/drain', {}, { timeoutMs: 600_000 });
  const seconds = (performance.now() - startedAt) / 1000;
  const figures = { eventCount, buyerCount, requestsPerSecond: Number(requestsPerSecond), seconds };
  const eventsPerSecond = eventCount / seconds;
  trial.note(`${eventCount} events of ${buyerCount} customers at ${requestsPerSecond} requests per second:`);
  trial.check(`drained within ${secondsMax} s`, seconds <= secondsMax, `${seconds.toFixed(1)} s`);
  await checkEffects(trial);
  await writeResults('webhooks', { ...figures, eventsPerSecond });
});

interface Named {
  type: string;
  object: Record<string, unknown>;
}

/** For each buyer what its events are about: subscription, invoice, customer and card. */
async function prepareBuyers(story: StripeStory): Promise<Named[][]> {
  const all: Named[][] = [];
  for (let n = 0; n < buyerCount; n += 1) {
    const buyer: Buyer = await story.addBuyer(`buyer-${n}`);
    const { customer } = buyer;
    const subscription = await story.subscribe(buyer, proMonthly);
    const invoice = { id: subscription.latest_invoice, object: 'invoice', customer };
    all.push([
      {
        type: 'customer.subscription.created',
        object: { id: subscription.id, object: 'subscription', customer },
      },
      {
        type: 'customer.subscription.updated',
        object: { id: subscription.id, object: 'subscription', customer },
      },
      { type: 'invoice.finalized', object: invoice },
      { type: 'invoice.paid', object: invoice },
      { type: 'customer.updated', object: { id: customer, object: 'customer' } },
      { type: 'payment_intent.succeeded', object: { id: `pi_${n}`, object: 'payment_intent', customer } },
    ]);
  }
  return all;
}

async function store({ database }: Trial, buyers: readonly Named[][]): Promise<void> {
  const events = Array.from({ length: eventCount }, (_, n) => {
    const named = buyers[n % buyers.length] ?? [];
    return named[Math.floor(n / buyers.length) % named.length];
  });
  await database.owner.query(
    `insert into inbound_events (id, source, external_id, type, livemode, stripe_created_at, payload, payload_hash,
       object_id, stripe_customer_id, status, attempts, next_attempt_at, received_at)
     select gen_random_uuid(), 'stripe', 'evt_' || $1 || n, e->>'type', false, now() - interval '1 hour' + n * interval '1 ms',
            jsonb_build_object('data', jsonb_build_object('object', e->'object')), sha256('backlog'),
            e->'object'->>'id', coalesce(e->'object'->>'customer', e->'object'->>'id'), 'received', 0, now(), now()
       from jsonb_array_elements($2::jsonb) with ordinality as made (e, n)`,
    [randomUUID().replaceAll('-', ''), JSON.stringify(events)],
  );
}

function open(trial: Trial): Promise<number> {
  return trial.count(
    `select count(*) from inbound_events where status not in ('processed', 'ignored', 'dead')`,
  );
}

async function checkEffects(trial: Trial): Promise<void> {
  const isOurs = `payload_hash = sha256('backlog')`;
  const done = await trial.count(
    `select count(*) from inbound_events where status in ('processed', 'ignored') and ${isOurs}`,
  );
  trial.check('events that came to their end', done === eventCount, `${done} of ${eventCount}`);
  const changing = await trial.count(
    `select count(*) from inbound_events where ${isOurs} and jsonb_array_length(effect->'changes') > 0`,
  );
  trial.check('events with an effect', changing === buyerCount, `${changing} of ${buyerCount} customers`);
  for (const [what, sql] of [
    ['subscriptions started', `select count(*) from audit_log where action = 'subscription.started'`],
    ['receipts', `select count(*) from emails where template = 'receipt'`],
  ] as const) {
    const count = await trial.count(sql);
    trial.check(what, count === buyerCount, `${count} of ${buyerCount}`);
  }
}
