import { createCaller, usageBody } from '../trial/caller.ts';
import { intentsAtStripe, leaveIntent, undelivered } from '../trial/intents.ts';
import { addShoppers, requireEachOnce, type Shoppers, tryAll, tryWrites } from '../trial/shoppers.ts';
import { type Buyer, eventually, proMonthly, startStripeStory } from '../trial/stripe-story.ts';
import { between, runTrial, sleep } from '../trial/trial.ts';

/** Of business time, in each of the four ways. */
const AWAY_MS = 2 * 3_600_000;
const AWAY_STEPS = 4;

const faults: readonly [string, { kind: string; when: string; latencyMs?: number }][] = [
  ['503', { kind: 'outage', when: 'before' }],
  ['429', { kind: 'rate_limit', when: 'before' }],
  ['done, then 500', { kind: 'error_500', when: 'after' }],
  // Last: what hangs is still under way when the next fault begins, and would not meet it.
  ['no answer', { kind: 'latency', when: 'before', latencyMs: 20_000 }],
];

/** Longer than we wait for a write; then it is done after all. */
const LATE_MS = 6_000;

/**
 * Stripe is away, says "too many", hangs, or does the work and then fails: we go on, queue, and catch up. Whoever buys
 * meanwhile is refused and can buy, once, as soon as Stripe is back.
 */
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

  const market = { trial, story, caller };
  for (const [name, fault] of faults) await awayForWrites(name, fault);
  const refused: Shoppers[] = [];
  for (const [name] of faults) refused.push(await addShoppers(market, name.replaceAll(/\W+/g, '-')));
  let intents = 0;
  for (const [n, [name, fault]] of faults.entries()) {
    await story.control('POST', '/faults', { api: [{ probability: 1, ...fault }] });
    const shoppers = refused[n];
    if (shoppers !== undefined) await tryAll(market, shoppers);
    for (const buyer of buyers) await intend(buyer);
    const serving = serve(secondsEach);
    for (let step = 0; step < AWAY_STEPS; step += 1) await passTime(AWAY_MS / AWAY_STEPS);
    const { failures, slowest } = await serving;
    const isSilent = await trial.count(`select count(*) from outbox where status = 'dead'`);
    trial.check(`${name}: given up meanwhile`, isSilent === 0, isSilent);
    trial.check(`${name}: checks and usage that failed`, failures === 0, failures);
    trial.note(`${name}: slowest answer ${Math.round(slowest)} ms`);
  }
  await story.control('DELETE', '/faults');
  const startedAt = performance.now();
  const isDrained = await eventually(async () => {
    await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
    return (await undelivered(trial)) === 0;
  }, 300);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  trial.check('queue drained within 5 min', isDrained, `${seconds} s, ${await undelivered(trial)} left`);
  const made = await intentsAtStripe(story);
  const isOnce = made.length === intents && new Set(made).size === intents;
  trial.check('lines at Stripe = intents', isOnce, `${made.length} of ${intents}`);
  for (const shoppers of refused) await requireEachOnce(market, shoppers);

  /** Between the reading and the write, for a moment; and what hangs is done while the buyer tries again. */
  async function awayForWrites(name: string, fault: (typeof faults)[number][1]): Promise<void> {
    const shoppers = await addShoppers(market, `writes-${name.replaceAll(/\W+/g, '-')}`);
    const isCalm = sleep(fault.kind === 'latency' ? 2 * LATE_MS : 0);
    const late = fault.latencyMs === undefined ? {} : { latencyMs: LATE_MS };
    await story.control('POST', '/faults', {
      api: [{ route: 'POST /v1/subscriptions', probability: 1, ...fault, ...late }],
    });
    await tryWrites(market, shoppers);
    await story.control('DELETE', '/faults');
    await requireEachOnce(market, shoppers, isCalm);
  }

  /** Both clocks go on, and the schedules of that time are tried. */
  async function passTime(ms: number): Promise<void> {
    const { json } = await caller.get('/test/clock');
    const now = new Date(Date.parse(json.now) + ms).toISOString();
    await story.control('POST', '/clock', { now });
    await caller.post('/test/clock', { now });
    await caller.post('/test/drain', {}, { timeoutMs: 60_000 });
  }

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

  async function intend(buyer: Buyer): Promise<void> {
    intents += 1;
    await leaveIntent(trial, buyer, String(intents));
  }
});
