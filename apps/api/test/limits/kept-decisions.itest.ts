import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OrganizationId } from '@metergate/core';
import { consumeLimit } from '@metergate/core/limits/consume-limit';
import { listLimits } from '@metergate/core/limits/reading/list-limits';
import { databaseUnavailable } from '@metergate/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLimitAlertsJob } from '../../src/jobs/metering.job.ts';
import { limitReadingOf } from '../../src/usage/limit-reading.ts';
import { startJobs } from '../../src/worker.ts';
import { callRest } from '../start-test-api.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';
import { lab } from './lab-family.ts';
import { startSecondInstance } from './second-instance.ts';

let billing: TestBilling;
let second: Awaited<ReturnType<typeof startSecondInstance>>;
let key: string;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'metergate-kept-'));
  billing = await startTestBilling({ DATA_DIR: dataDir }, [lab]);
  second = await startSecondInstance(billing, {}, [lab]);
  ({ key } = await billing.addApiKey(['billing:write', 'limits:consume']));
}, 120_000);
afterAll(async () => {
  await second.stop();
  await billing.stop();
  await rm(dataDir, { recursive: true });
});

let made = 0;
/** On the plan that charges for calls beyond 100, and goes on without the database. */
async function organization(): Promise<{ id: OrganizationId; name: string }> {
  made += 1;
  const name = `kept-${made}`;
  const id = await billing.addOrganization(name);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const body = { family: 'lab', plan: 'pro', paymentMethod: 'pm_card_visa' };
  const path = `/v1/organizations/${name}/billing/subscriptions`;
  const answer = await billing.rest({ method: 'POST', path, key, body });
  expect(answer.status, answer.text).toBe(201);
  return { id, name };
}

const consume = (body: object) =>
  billing.rest({ method: 'POST', path: '/v1/limits/consume', key, body: { feature: 'call', ...body } });

/** The database goes away between the question and its answer. */
function consumeWithout(
  organizationId: OrganizationId,
  id: string,
  use: string | { quantity: string; at: Date },
) {
  const { limits } = billing.container.metering;
  const { at, quantity } =
    typeof use === 'string' ? { quantity: use, at: billing.container.clock.now() } : use;
  const consume = () => Promise.reject(databaseUnavailable(new Error('gone')));
  const deps = { ...limits, clock: { now: () => at }, ledger: { ...limits.ledger, consume } };
  return consumeLimit(deps, { organizationId, input: { feature: 'call', id, quantity } });
}

/** Everything kept so far is carried over. */
const carryOver = () => billing.container.metering.outage.start();

async function usedOf(id: OrganizationId): Promise<string[]> {
  const { rows } = await billing.db.owner.query(
    `select used::float || ' + ' || reserved::float as levels from limit_counters
      where organization_id = $1 and feature = 'call'`,
    [id],
  );
  return rows.map(({ levels }) => levels);
}

const look = (container = billing.container) =>
  createLimitAlertsJob(container).run({ isHurried: true, deferred: new Set(), isStopping: () => false });
const segments = async (state: string) =>
  (await readdir(path.join(dataDir, 'outage-journal'))).filter((name) => name.endsWith(`.${state}.jsonl`));

async function periodStartOf(id: OrganizationId): Promise<Date> {
  const { rows } = await billing.db.owner.query(
    'select current_period_start as at from subscriptions where organization_id = $1',
    [id],
  );
  return rows[0].at;
}

const figures = async () => {
  const { text } = await billing.rest({ method: 'GET', path: '/metrics' });
  const figure = (name: string) => Number(text.match(new RegExp(`^${name} (\\d+)`, 'm'))?.[1]);
  return [figure('outage_decisions_carried_over_total'), figure('outage_decisions_refused_total')];
};

it('a decision of an outage about usage that was stored before counts once, and is no refusal', async () => {
  const { id, name } = await organization();
  const first = await consume({ organization: name, id: 'lost-answer', quantity: '2' });
  expect(first.status).toBe(200);
  const [carried, refused] = await figures();
  expect(await consumeWithout(id, 'lost-answer', '2')).toMatchObject({
    decision: 'allowed',
    reason: 'unavailable',
  });
  await carryOver();
  expect(await figures()).toEqual([(carried ?? 0) + 1, refused]);
  expect(await usedOf(id)).toEqual(['2 + 0']);
  // Other usage under the same id is counted by nobody: that needs a person.
  await consumeWithout(id, 'lost-answer', '3');
  await carryOver();
  expect(await figures()).toEqual([(carried ?? 0) + 1, (refused ?? 0) + 1]);
  expect(await usedOf(id)).toEqual(['2 + 0']);
});

it('thresholds of windows that ended during the outage are told once, with the names of the windows', async () => {
  const { id } = await organization();
  const anchor = await periodStartOf(id);
  const dayMs = 86_400_000;
  const first = { quantity: '80', at: new Date(anchor.getTime() - 33 * dayMs) };
  const second80 = { quantity: '60', at: new Date(anchor.getTime() - 20 * dayMs) };
  const secondFull = { quantity: '40', at: new Date(anchor.getTime() - 1) };
  const uses = [first, second80, secondFull, { quantity: '1', at: billing.container.clock.now() }];
  for (const [n, use] of uses.entries()) await consumeWithout(id, `ended-${n}`, use);
  await carryOver();
  expect(await look()).toBe(3);
  const again = [first, secondFull].map(({ at }) => ({ feature: 'call', at }));
  second.container.metering.touched.lookAt(id, ['call'], again);
  expect(await look(second.container)).toBe(0);
  const { rows } = await billing.db.owner.query(
    `select (select array_agg(threshold order by window_start, threshold)
               from alerts_fired where organization_id = $1) as fired,
            (select array_agg(distinct window_start) from alerts_fired where organization_id = $1) as starts,
            (select array_agg(text order by subject) from emails
              where organization_id = $1 and template = 'limit_alert') as mails`,
    [id],
  );
  const [before, last] = rows[0].starts.map((start: Date) => start.toISOString());
  expect(rows[0].fired).toEqual([80, 80, 100]);
  const nameOf = (from: string, to: string) => `${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  expect(rows[0].mails).toEqual([
    expect.stringContaining(
      `had used 100 of 100 (call) in the window that has ended since: ${nameOf(last, anchor.toISOString())}.`,
    ),
    expect.stringContaining(
      `had used 80 of 100 (call) in the window that has ended since: ${nameOf(before, last)}.`,
    ),
  ]);
  const limits = await listLimits(limitReadingOf(billing.container), { organizationId: id });
  expect(limits.find(({ feature }) => feature === 'call')?.lastAlert).toMatchObject({
    threshold: 100,
    endedWindowStart: last,
  });
});

it('a process that ends between carrying over and telling leaves the telling to the next one', async () => {
  const { id } = await organization();
  await look();
  const ended = new Date((await periodStartOf(id)).getTime() - 1);
  await consumeWithout(id, 'untold', { quantity: '90', at: ended });
  await carryOver();
  expect([(await segments('carried')).length, (await segments('sealed')).length]).toEqual([1, 0]);
  // What the process knew ends with it.
  billing.container.metering.touched.take();
  const heir = await startSecondInstance(billing, { DATA_DIR: dataDir }, [lab]);
  await heir.container.metering.outage.start();
  expect(await look(heir.container)).toBe(1);
  expect(await segments('carried')).toEqual([]);
  await heir.container.metering.outage.start();
  expect(await look(heir.container)).toBe(0);
  await heir.stop();
  const { rows } = await billing.db.owner.query(
    `select (select array_agg(threshold) from alerts_fired where organization_id = $1) as fired,
            (select array_agg(text) from emails
              where organization_id = $1 and template = 'limit_alert') as mails`,
    [id],
  );
  expect(rows[0].fired).toEqual([80]);
  expect(rows[0].mails).toEqual([expect.stringContaining('in the window that has ended since')]);
});

it('a process that only answers requests tells the thresholds of what it has answered', async () => {
  const { id, name } = await organization();
  const answering = await startSecondInstance(billing, { ROLE: 'api' }, [lab]);
  startJobs(answering.container);
  const body = { feature: 'call', organization: name, quantity: '85' };
  const answer = await callRest(answering.url, { method: 'POST', path: '/v1/limits/consume', key, body });
  expect(answer.status, answer.text).toBe(200);
  const fired = async () => {
    const { rows } = await billing.db.owner.query(
      'select threshold from alerts_fired where organization_id = $1',
      [id],
    );
    return rows;
  };
  await expect.poll(fired, { timeout: 5_000 }).toEqual([{ threshold: 80 }]);
  await answering.stop();
});

it('what an outage let beyond a limit is told once, however often it is carried over and whoever looks', async () => {
  const { id, name } = await organization();
  expect((await consume({ organization: name, quantity: '70' })).status).toBe(200);
  const lookAgain = async (container = billing.container) => {
    container.metering.touched.lookAt(id, ['call']);
    return await look(container);
  };
  await lookAgain();
  // The first alone crosses nothing: it may be carried over at once, when a run of the test before is still under way.
  await consumeWithout(id, 'over-1', '5');
  await consumeWithout(id, 'over-2', '35');
  expect(await lookAgain()).toBe(0);
  await carryOver();
  // Crossed two of them at once: both are written down, and one mail says the higher one.
  const counts = await Promise.all([lookAgain(), lookAgain(second.container)]);
  expect(counts.toSorted()).toEqual([0, 2]);
  const folder = path.join(dataDir, 'outage-journal');
  for (const file of await readdir(folder))
    await rename(path.join(folder, file), path.join(folder, file.replace('.reconciled', '.sealed')));
  await carryOver();
  expect([await lookAgain(), await lookAgain(second.container)]).toEqual([0, 0]);
  expect(await usedOf(id)).toEqual(['110 + 0']);
  const { rows } = await billing.db.owner.query(
    `select (select array_agg(threshold order by threshold) from alerts_fired where organization_id = $1) as fired,
            (select array_agg(subject) from emails
              where organization_id = $1 and template = 'limit_alert') as mails,
            (select count(*)::int from webhook_messages
              where organization_id = $1 and type = 'usage.threshold_reached') as messages`,
    [id],
  );
  expect(rows[0]).toMatchObject({ fired: [80, 100], mails: ['call: 100 % of the limit used'] });
  expect(rows[0].messages).toBe(2);
});
