import { type Buyer, eventually, startStripeStory } from '../trial/stripe-story.ts';
import { runTrial } from '../trial/trial.ts';

const agencyMonthly = 'mg_agency_agency_v1_base_month_usd';

/** Nobody runs for days while a period ends; then three processes start at once: everything is done, once. */
await runTrial('P19 the calendar is run once and caught up', async (trial) => {
  const daysOff = trial.isLong ? [33, 33, 33] : [33];
  const story = await startStripeStory(trial);
  const first = await trial.startApi(story.settings);
  const buyers: Buyer[] = [];
  for (let n = 0; n < 3; n += 1) buyers.push(await story.addBuyer(`buyer-${n}`));
  for (const buyer of buyers) await story.subscribe(buyer, agencyMonthly);
  for (const event of await story.events(buyers)) await story.deliver(first.url, event);
  await eventually(async () => (await trial.count('select count(*) from subscriptions')) === 3, 30);
  await first.end('SIGTERM');

  let days = 0;
  for (const off of daysOff) {
    days += off;
    const aheadMs = days * 86_400_000;
    await story.control('POST', '/clock', { now: new Date(Date.now() + aheadMs).toISOString() });
    await trial.database.owner.query(
      `insert into settings (key, value) values ('simulated_clock_offset_ms', $1::jsonb)
       on conflict (key) do update set value = excluded.value`,
      [JSON.stringify(aheadMs)],
    );
    const apis = await Promise.all(Array.from({ length: 3 }, () => trial.startApi(story.settings)));
    trial.note(`${off} days later three processes start at once`);
    const expected = buyers.length * (1 + Math.floor(days / 31));
    const mirrored = () =>
      trial.count(
        `select count(*) from invoices where billing_reason in ('subscription_create', 'subscription_cycle')`,
      );
    const isCaughtUp = await eventually(
      async () => (await mirrored()) >= expected && (await missing()) === 0 && (await running()) === 0,
      60,
    );
    trial.check('caught up within a minute', isCaughtUp);
    const perPeriod = await trial.count(
      `select coalesce(max(count), 0) from (select count(*) from invoices
        where billing_reason = 'subscription_cycle' group by subscription_id, period_end) each`,
    );
    trial.check('invoices per subscription and period', perPeriod === 1, perPeriod);
    trial.check('ended periods whose usage nobody closed', (await missing()) === 0, await missing());
    const closedTwice = await trial.count(
      `select count(*) from (select 1 from usage_billings where kind = 'final'
        group by subscription_id, feature, period_start having count(*) > 1) twice`,
    );
    trial.check('periods closed twice', closedTwice === 0, closedTwice);
    const failed = await trial.count(`select count(*) from schedule_runs where status <> 'done'`);
    trial.check('scheduled runs that did not end well', failed === 0, failed);
    for (const api of apis) await api.end('SIGTERM');
  }

  /** Two meters of each subscription are rated here; the period that has ended needs its final row for each. */
  async function missing(): Promise<number> {
    return trial.count(
      `select count(*) from subscriptions s where not exists (
         select 1 from usage_billings b where b.subscription_id = s.id and b.kind = 'final')`,
    );
  }

  function running(): Promise<number> {
    return trial.count(`select count(*) from schedule_runs where status = 'running'`);
  }
});
