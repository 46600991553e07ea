import { setTimeout } from 'node:timers/promises';
import type { OrganizationId } from '@metergate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLimitAlertsJob } from '../../src/jobs/metering.job.ts';
import { callRest } from '../start-test-api.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';
import { startSecondInstance } from './second-instance.ts';

let billing: TestBilling;
let second: Awaited<ReturnType<typeof startSecondInstance>>;
let key: string;

beforeAll(async () => {
  billing = await startTestBilling();
  second = await startSecondInstance(billing);
  const scopes = [
    'billing:read',
    'billing:write',
    'organizations:write',
    'usage:write',
    'usage:correct',
  ] as const;
  ({ key } = await billing.addApiKey([...scopes, 'limits:check', 'limits:consume']));
}, 120_000);
afterAll(async () => {
  await second.stop();
  await billing.stop();
});

let made = 0;
/** Pays $1 for 1 000 words, of either kind; nothing is free. */
async function payer(): Promise<{ id: OrganizationId; name: string }> {
  made += 1;
  const name = `payer-${made}`;
  const id = await billing.addOrganization(name);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const plan = { family: 'voice-words', plan: 'basic', paymentMethod: 'pm_card_visa' };
  expect((await own('POST', `${name}/billing/subscriptions`, plan)).status).toBe(201);
  return { id, name };
}

const own = (method: string, path: string, body?: unknown) =>
  billing.rest({ method, path: `/v1/organizations/${path}`, key, ...(body === undefined ? {} : { body }) });
const post = (path: string, body: unknown, url = billing.url) =>
  callRest(url, { method: 'POST', path, key, body });
const words = (body: object, url?: string) =>
  post('/v1/limits/consume', { feature: 'stt_words', quantity: '1', ...body }, url);
const setBudget = (name: string, body: object) =>
  own('PUT', `${name}/budget`, { onReached: 'block', ...body });

async function addClient(name: string, externalId: string): Promise<void> {
  expect((await own('POST', `${name}/clients`, { name: externalId, externalId })).status).toBe(201);
}

async function record(organization: string, quantity: string, more: object = {}): Promise<void> {
  const occurredAt = billing.container.clock.now().toISOString();
  const event = { id: crypto.randomUUID(), organization, meter: 'stt_words', quantity, occurredAt, ...more };
  expect((await post('/v1/usage-events', { events: [event] })).json.accepted).toBe(1);
}

async function costOf(name: string, client: string | null = null): Promise<string> {
  const { json } = await own('GET', `${name}/budgets`);
  const found = json.items.find((item: { clientName: string | null }) => item.clientName === client);
  return found.cost.amountMinor;
}

/** What an invoice would say: each feature is one line, rounded once. */
async function invoiced(id: OrganizationId): Promise<number> {
  const { rows } = await billing.db.owner.query(
    `select round(sum(quantity) * 0.1)::int as cents from usage_events where organization_id = $1 group by meter`,
    [id],
  );
  return rows.reduce((sum, { cents }) => sum + cents, 0);
}

describe('a budget that blocks', () => {
  it('refuses what would cost more, to the cent, and lets usage be recorded all the same', async () => {
    const { name } = await payer();
    await setBudget(name, { amountMinor: '100' });
    expect((await words({ organization: name, quantity: '900' })).status).toBe(200);
    // 900 + 105 words are $1.005, which an invoice rounds to $1.01; 104 are $1.004, so $1.00.
    const refused = await words({ organization: name, quantity: '105' });
    expect(refused.status).toBe(402);
    expect(refused.json).toMatchObject({ decision: 'blocked', reason: 'budget_reached' });
    expect((await words({ organization: name, quantity: '104' })).status).toBe(200);
    await record(name, '5000');
    expect(await costOf(name)).toBe('600');
    expect((await words({ organization: name, quantity: '100' })).status).toBe(402);
    // 6 011 words are $6.011: one more costs a tenth of a cent and does not change the invoice yet. It costs all the same.
    await record(name, '7');
    expect((await words({ organization: name, quantity: '1' })).status).toBe(402);
    const check = await post('/v1/limits/check', {
      organization: name,
      feature: 'stt_words',
      quantity: '1000',
    });
    expect(check.json).toMatchObject({ decision: 'blocked', reason: 'budget_reached' });
  });

  it('holds for all its features together under 64 connections to two processes', async () => {
    const { id, name } = await payer();
    await setBudget(name, { amountMinor: '100' });
    const answers = await Promise.all(
      Array.from({ length: 64 }, async (_, connection) => {
        const statuses: number[] = [];
        for (let n = 0; n < 8; n += 1) {
          const feature = (connection + n) % 2 === 0 ? 'stt_words' : 'tts_words';
          const quantity = String(1 + ((connection * 7 + n) % 13));
          const url = n % 2 === 0 ? billing.url : second.url;
          statuses.push((await words({ organization: name, feature, quantity }, url)).status);
        }
        return statuses;
      }),
    );
    // A machine that is very busy makes the database look away for a moment: that is answered 503 and takes nothing.
    const decided = answers.flat().filter((status) => status !== 503);
    expect(new Set(decided)).toEqual(new Set([200, 402]));
    // Nothing is spent beyond the budget, and nothing was refused while a unit was still affordable.
    expect(await invoiced(id)).toBe(100);
    expect(await costOf(name)).toBe('100');
  }, 60_000);

  it('grants everything that fits, also when it is asked for at the same moment', async () => {
    const { id, name } = await payer();
    await setBudget(name, { amountMinor: '100' });
    const asked = Array.from({ length: 10 }, () => words({ organization: name, quantity: '100' }));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses).not.toContain(402);
    expect(await invoiced(id)).toBe(100);
  });

  it('counts what is held, and gives back what was not used', async () => {
    const { name } = await payer();
    await setBudget(name, { amountMinor: '100' });
    const body = { organization: name, feature: 'stt_words', quantity: '1000', leaseSeconds: 60 };
    const held = await post('/v1/limits/reservations', body);
    expect(held.status).toBe(201);
    expect((await words({ organization: name, quantity: '10' })).status).toBe(402);
    expect((await post('/v1/limits/reservations', { ...body, quantity: '10' })).json.reason).toBe(
      'budget_reached',
    );
    await post(`/v1/limits/reservations/${held.json.id}/commit`, { organization: name, quantity: '400' });
    expect(await costOf(name)).toBe('40');
    expect((await words({ organization: name, quantity: '600' })).status).toBe(200);
  });

  it('gives back what a correction takes away', async () => {
    const { name } = await payer();
    await setBudget(name, { amountMinor: '100' });
    await words({ organization: name, quantity: '1000', id: 'all-of-it' });
    expect((await words({ organization: name, quantity: '10' })).status).toBe(402);
    const voided = await post('/v1/usage-events/all-of-it/void', {
      organization: name,
      reason: 'by mistake',
    });
    expect(voided.status).toBeLessThan(300);
    expect((await words({ organization: name, quantity: '10' })).status).toBe(200);
  });

  it('is named by the receipt of the refusal with the amounts that decided', async () => {
    const { id, name } = await payer();
    await setBudget(name, { amountMinor: '5' });
    await words({ organization: name, quantity: '40' });
    await words({ organization: name, quantity: '20' });
    const { rows } = await billing.db.owner.query(
      `select evidence->'budgets' as budgets from decision_receipts
        where organization_id = $1 and reason = 'budget_reached'`,
      [id],
    );
    expect(rows).toEqual([
      {
        budgets: [
          {
            client: null,
            amountMinor: '5',
            currency: 'USD',
            onReached: 'block',
            costMinor: '4',
            costAfterMinor: '6',
            isReached: true,
          },
        ],
      },
    ]);
  });

  it('stops where it is taken away or only tells, at once', async () => {
    const { name } = await payer();
    await setBudget(name, { amountMinor: '0' });
    expect((await words({ organization: name, quantity: '10' })).status).toBe(402);
    expect((await setBudget(name, { amountMinor: '0', onReached: 'alert' })).json.onReached).toBe('alert');
    expect((await words({ organization: name, quantity: '10' })).status).toBe(200);
    await setBudget(name, { amountMinor: '0' });
    expect((await words({ organization: name, quantity: '10' })).status).toBe(402);
    expect((await own('DELETE', `${name}/budget`)).status).toBe(204);
    expect((await own('DELETE', `${name}/budget`)).status).toBe(204);
    expect((await words({ organization: name, quantity: '10' })).status).toBe(200);
  });
});

describe('a budget of a client', () => {
  it('stops that client and nobody else', async () => {
    const { name } = await payer();
    await addClient(name, `${name}-a`);
    await addClient(name, `${name}-b`);
    await setBudget(name, { amountMinor: '1000' });
    await own('PUT', `${name}/clients/${name}-a/budget`, { amountMinor: '50', onReached: 'block' });
    const of = (client: string | undefined, quantity: string) =>
      words({ organization: name, quantity, ...(client === undefined ? {} : { client }) });
    expect((await of(`${name}-a`, '500')).status).toBe(200);
    expect((await of(`${name}-a`, '10')).json.reason).toBe('budget_reached');
    expect((await of(`${name}-b`, '2000')).status).toBe(200);
    expect((await of(undefined, '10')).status).toBe(200);
    await record(name, '100', { client: `${name}-a` });
    expect(await costOf(name, `${name}-a`)).toBe('60');
    expect(await costOf(name)).toBe('261');
  });

  it('lies within the budget of the organization, whichever is set first', async () => {
    const { name } = await payer();
    await addClient(name, `${name}-a`);
    await setBudget(name, { amountMinor: '100' });
    const ofClient = (amountMinor: string) =>
      own('PUT', `${name}/clients/${name}-a/budget`, { amountMinor, onReached: 'alert' });
    expect((await ofClient('101')).json.error).toMatchObject({ code: 'BUDGET_ABOVE_ORGANIZATION' });
    expect((await ofClient('100')).status).toBe(200);
    const lower = await setBudget(name, { amountMinor: '99' });
    expect(lower.status).toBe(409);
    expect(lower.json.error).toMatchObject({ code: 'BUDGET_BELOW_CLIENT' });
  });

  it('holds in a race of a smaller whole with a larger part', async () => {
    const { id, name } = await payer();
    await addClient(name, `${name}-a`);
    await setBudget(name, { amountMinor: '1000' });
    await Promise.all([
      setBudget(name, { amountMinor: '10' }),
      own('PUT', `${name}/clients/${name}-a/budget`, { amountMinor: '500', onReached: 'alert' }),
    ]);
    const { rows } = await billing.db.owner.query(
      `select max(amount_minor) filter (where client_id::text like '00000000-0000-0000%') as whole,
              max(amount_minor) filter (where client_id::text not like '00000000-0000-0000%') as part
         from budgets where organization_id = $1`,
      [id],
    );
    expect(Number(rows[0].part ?? 0)).toBeLessThanOrEqual(Number(rows[0].whole));
  });
});

describe('what a budget takes', () => {
  it.each([
    [{ amountMinor: '-1' }],
    [{ amountMinor: '1.5' }],
    [{ amountMinor: '1e3' }],
    [{ amountMinor: ' 5 ' }],
    [{ amountMinor: '007' }],
    [{ amountMinor: '1000000000000000' }],
    [{ amountMinor: 100 }],
    [{ amountMinor: '100', onReached: 'stop' }],
    [{ amountMinor: '100', period: 'day' }],
    [{ amountMinor: '100', thresholds: [0] }],
    [{ amountMinor: '100', thresholds: [1, 2, 3, 4, 5, 6] }],
    [{ amountMinor: '100', currency: 'EUR' }],
  ])('refuses %j and keeps what was there', async (body) => {
    const name = 'payer-1';
    const before = (await own('GET', `${name}/budgets`)).json.items[0].amount;
    expect((await setBudget(name, body)).status).toBe(422);
    expect((await own('GET', `${name}/budgets`)).json.items[0].amount).toEqual(before);
  });

  it('answers an unknown or foreign client like one that does not exist', async () => {
    await addClient('payer-2', 'foreign');
    for (const client of ['nobody', 'foreign', 'cli_00000000000070008000000000000000']) {
      const answer = await own('PUT', `payer-1/clients/${client}/budget`, {
        amountMinor: '1',
        onReached: 'alert',
      });
      expect(answer.status).toBe(404);
    }
  });
});

describe('the alert of a budget', () => {
  it('is sent once per share and period, by mail and to endpoints, however often it is looked at', async () => {
    const { id, name } = await payer();
    await setBudget(name, { amountMinor: '100', onReached: 'alert', thresholds: [50, 100] });
    const lookElsewhere = () =>
      createLimitAlertsJob(second.container).run({
        isHurried: true,
        deferred: new Set(),
        isStopping: () => false,
      });
    const told = async () => {
      second.container.metering.touched.lookAt(id, []);
      await Promise.all([billing.container.drainUntilIdle(), lookElsewhere()]);
      const { rows } = await billing.db.owner.query(
        `select (select array_agg(threshold order by threshold) from budget_alerts where organization_id = $1) as fired,
                (select count(*)::int from emails where organization_id = $1 and template = 'budget_alert') as mails`,
        [id],
      );
      return rows[0];
    };
    await words({ organization: name, quantity: '490' });
    expect(await told()).toEqual({ fired: null, mails: 0 });
    await words({ organization: name, quantity: '20' });
    expect(await told()).toEqual({ fired: [50], mails: 1 });
    await record(name, '2000');
    await words({ organization: name, quantity: '20' });
    expect(await told()).toEqual({ fired: [50, 100], mails: 2 });
    await setBudget(name, { amountMinor: '90', onReached: 'alert', thresholds: [50, 100] });
    await words({ organization: name, quantity: '20' });
    expect(await told()).toEqual({ fired: [50, 100], mails: 2 });
    const [budget] = (await own('GET', `${name}/budgets`)).json.items;
    expect(budget).toMatchObject({ lastAlert: { threshold: 100 }, percent: '283.33' });
  });

  it('is one mail of the highest share when several are crossed at once, and each share is told to endpoints', async () => {
    const { id, name } = await payer();
    await setBudget(name, { amountMinor: '100', onReached: 'alert', thresholds: [100, 50, 80] });
    await billing.container.drainUntilIdle();
    await record(name, '900');
    await words({ organization: name, quantity: '200' });
    await billing.container.drainUntilIdle();
    const { rows } = await billing.db.owner.query(
      `select (select array_agg(threshold order by threshold) from budget_alerts where organization_id = $1) as fired,
              (select array_agg(subject) from emails where organization_id = $1 and template = 'budget_alert') as mails`,
      [id],
    );
    expect(rows[0].fired).toEqual([50, 80, 100]);
    expect(rows[0].mails).toHaveLength(1);
    expect(rows[0].mails[0]).toMatch(/: 100 % used$/);
  });
});

describe('a subscription that ends within a budget', () => {
  it('still costs what this month had cost by then', async () => {
    const { name } = await payer();
    await setBudget(name, { amountMinor: '500', period: 'calendar_month' });
    const { items } = (await own('GET', `${name}/billing/subscriptions`)).json;
    await record(name, '1500', { occurredAt: items[0].currentPeriod.start });
    expect(await costOf(name)).toBe('150');
    // Instants at Stripe are whole seconds: it must end later than it began.
    await setTimeout(1_100);
    const ended = await own('POST', `${name}/billing/subscriptions/${items[0].id}/cancel`, { at: 'now' });
    expect(ended.status, ended.text).toBe(200);
    expect(ended.json.status).toBe('canceled');
    expect(await costOf(name)).toBe('150');
  });
});
