import { type ClockNode, drainAll, moveAll, startClockNodes } from '../trial/clock-nodes.ts';
import { type Buyer, eventually, startStripeStory } from '../trial/stripe-story.ts';
import { runTrial, type Trial } from '../trial/trial.ts';

const agencyMonthly = 'mg_agency_agency_v1_base_month_usd';
const minuteMs = 60_000;
/** Around the end of a period and around the instant at which its invoice freezes, an hour later. */
const moments: readonly { afterEndMinutes: number; steps: readonly number[] }[] = [
  { afterEndMinutes: -30, steps: [7_200, -7_200] },
  { afterEndMinutes: 5, steps: [-600, 600] },
  { afterEndMinutes: 55, steps: [600, -600] },
];

let sent = 0;

interface Sent {
  organizationId: string;
  at: string;
  quantity: number;
}

/** Clocks step back and ahead, and two processes never agree: each period is closed once, and nothing is lost. */
await runTrial('P15 clocks step and differ', async (trial) => {
  const story = await startStripeStory(trial);
  const nodes = await startClockNodes(trial, story);
  const [first, second] = nodes;
  await drainAll(nodes);
  const buyers: Buyer[] = [];
  for (let n = 0; n < (trial.isLong ? 20 : 3); n += 1) buyers.push(await story.addBuyer(`buyer-${n}`));
  for (const buyer of buyers) await story.subscribe(buyer, agencyMonthly);
  for (const event of await story.events(buyers)) await story.deliver(first.api.url, event);
  await drainAll(nodes);
  const acknowledged = new Map<string, Sent>();
  await second.step(-5);
  await drainAll(nodes);
  trial.check('five seconds behind are told', (await second.alarms()) === 1, await second.skew());
  const periods = trial.isLong ? 12 : 2;
  for (let n = 0; n < periods; n += 1) {
    const end = await endOfPeriod(trial);
    for (const { afterEndMinutes, steps } of moments) {
      await moveAll(nodes, end + afterEndMinutes * minuteMs);
      await drainAll(nodes);
      for (const seconds of steps) {
        await wrongFor(trial, { nodes, buyers, acknowledged, seconds });
      }
    }
    await goesOnAtOnce(trial, nodes, end + 60 * minuteMs);
    await moveAll(nodes, end + 150 * minuteMs);
    await send(nodes, { buyers, acknowledged });
    await drainAll(nodes);
    trial.note(`period ${n + 1} of ${periods} is over`);
  }
  // Usage that came after a close is an adjustment of the next run.
  await moveAll(nodes, (await endOfPeriod(trial)) + 150 * minuteMs);
  await drainAll(nodes);
  await drainAll(nodes);
  await judge(trial, { acknowledged, endedPeriods: periods + 1, buyers: buyers.length });
  const alarms = await first.alarms();
  const steps = periods * moments.flatMap((moment) => moment.steps).length;
  trial.check('each step was told once', alarms === steps, `${alarms} of ${steps}`);
  trial.check('the clock is right again', Math.abs(await first.skew()) < 2, await first.skew());
});

/** The first process's clock is wrong while usage comes in over both, then right again. */
async function wrongFor(
  trial: Trial,
  wrong: {
    nodes: readonly [ClockNode, ClockNode];
    buyers: readonly Buyer[];
    acknowledged: Map<string, Sent>;
    seconds: number;
  },
): Promise<void> {
  const { nodes, seconds } = wrong;
  await nodes[0].step(seconds);
  await drainAll(nodes);
  await send(nodes, wrong);
  await drainAll(nodes);
  await nodes[0].step(-seconds);
  await drainAll(nodes);
  await send(nodes, wrong);
  await drainAll(nodes);
  const open = await trial.count(`select count(*) from schedule_runs where status = 'running'`);
  if (open > 0) trial.check('runs that nobody finished', false, open);
}

/** As a back end does: what one process refuses for its wrong clock is sent again to the other under the same id. */
async function send(
  [first, second]: readonly [ClockNode, ClockNode],
  { buyers, acknowledged }: { buyers: readonly Buyer[]; acknowledged: Map<string, Sent> },
): Promise<void> {
  const { now } = (await second.caller.get('/test/clock')).json;
  for (const { organizationId } of buyers) {
    sent += 1;
    const event = { id: `use-${sent}`, meter: 'message', quantity: '1700', occurredAt: now };
    const organization = `org_${organizationId.replaceAll('-', '')}`;
    const body = { events: [{ ...event, organization }] };
    for (const { caller } of sent % 2 === 0 ? [first, second] : [second, first]) {
      const { status, json } = await caller.post('/v1/usage-events', body);
      if (status !== 200 || json.accepted !== 1) continue;
      acknowledged.set(event.id, { organizationId, at: now, quantity: 1_700 });
      break;
    }
  }
}

/** Runs that were done ahead of time keep no schedule silent. */
async function goesOnAtOnce(trial: Trial, nodes: readonly ClockNode[], at: number): Promise<void> {
  const runs = () =>
    trial.count(`select count(*) from schedule_runs where name = 'bill-usage' and due_at = $1`, [
      new Date(Math.floor(at / 900_000) * 900_000).toISOString(),
    ]);
  await moveAll(nodes, at);
  await drainAll(nodes);
  trial.check(
    'the schedule goes on at the right time',
    await eventually(async () => (await runs()) === 1, 5),
  );
}

async function endOfPeriod(trial: Trial): Promise<number> {
  return trial.count(`select extract(epoch from max(current_period_end)) * 1000 from subscriptions`);
}

async function judge(
  trial: Trial,
  {
    acknowledged,
    endedPeriods,
    buyers,
  }: { acknowledged: Map<string, Sent>; endedPeriods: number; buyers: number },
): Promise<void> {
  const stored = await trial.count('select count(*) from usage_events where id = any($1)', [
    [...acknowledged.keys()],
  ]);
  trial.check(
    'acknowledged usage is stored',
    stored === acknowledged.size && stored === sent,
    `${stored} of ${sent}`,
  );
  const closed = (having: string) =>
    trial.count(
      `select count(*) from (select count(*) from usage_billings where kind = 'final'
        group by subscription_id, feature, period_start having ${having}) each`,
    );
  trial.check('periods closed twice', (await closed('count(*) > 1')) === 0, await closed('count(*) > 1'));
  const expected = endedPeriods * buyers * 2;
  trial.check(
    'periods closed',
    (await closed('count(*) = 1')) === expected,
    `${await closed('true')} of ${expected}`,
  );
  const gaps = await trial.count(
    `select count(*) from (
       select period_start, lag(period_end) over (partition by subscription_id, feature order by period_start) as before
       from usage_billings where kind = 'final') each
     where before is not null and before <> period_start`,
  );
  trial.check('gaps and overlaps between periods', gaps === 0, gaps);
  const renewals = await trial.count(
    `select count(*) from (select 1 from invoices where billing_reason = 'subscription_cycle'
      group by subscription_id, period_end having count(*) > 1) twice`,
  );
  trial.check('periods with two invoices', renewals === 0, renewals);
  const billed = await trial.count(
    `select coalesce(sum(quantity), 0) from (
       select distinct on (subscription_id, period_start) quantity from usage_billings
       where feature = 'message' order by subscription_id, period_start, sequence desc) last`,
  );
  const used = [...acknowledged.values()].reduce((sum, { quantity }) => sum + quantity, 0);
  trial.check('usage in the last word about each period', billed === used, `${billed} of ${used}`);
  const failed = await trial.count(`select count(*) from schedule_runs where status <> 'done'`);
  trial.check('scheduled runs that did not end well', failed === 0, failed);
}
