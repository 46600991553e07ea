import { randomUUID } from 'node:crypto';
import { asId, type OrganizationId } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAlertReader } from './alert-reader.ts';

let db: TestDatabase;
let own: OrganizationId;
let other: OrganizationId;

const november = new Date('2026-11-01T00:00:00.000Z');
const december = new Date('2026-12-01T00:00:00.000Z');
const client = asId('client', randomUUID());

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.dispose());
beforeEach(async () => {
  own = asId('organization', randomUUID());
  other = asId('organization', randomUUID());
  for (const id of [own, other]) {
    await db.owner.query(
      `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Agency', 'a@example.test', 'USD')`,
      [id, `agency-${id}`],
    );
  }
});

const told = (organization: OrganizationId, feature: string, windowStart: Date, threshold: number) =>
  db.owner.query(`insert into alerts_fired values ($1, $2, $3, $4, now())`, [
    organization,
    feature,
    windowStart,
    threshold,
  ]);

it('knows what was told of each window, and what was set, of this organization alone', async () => {
  await told(own, 'call', november, 80);
  await told(own, 'call', december, 50);
  await told(own, 'word', november, 100);
  await told(other, 'call', november, 100);
  for (const [organization, thresholds] of [
    [own, [10, 20]],
    [other, [30]],
  ] as const) {
    await db.owner.query(`insert into alert_rules values ($1, 'call', $2, '{a@example.test}')`, [
      organization,
      thresholds,
    ]);
  }
  const windows = [
    { feature: 'call', windowStart: november },
    { feature: 'call', windowStart: december },
    { feature: 'word', windowStart: november },
  ];
  const { rules, isTold } = await createAlertReader(db.database.app).standing(own, windows);
  expect([...rules.values()]).toEqual([
    { feature: 'call', thresholds: [10, 20], recipients: ['a@example.test'] },
  ]);
  const known = windows.flatMap((window) =>
    [50, 80, 100].filter((threshold) => isTold({ ...window, threshold })).map((one) => [window.feature, one]),
  );
  expect(known).toEqual([
    ['call', 80],
    ['call', 50],
    ['word', 100],
  ]);
});

it('leaves of the shares of budgets those that nobody was told of, in their order', async () => {
  const share = (clientId: typeof client | null, windowStart: Date, threshold: number) => ({
    clientId,
    windowStart,
    threshold,
  });
  const record = (organization: OrganizationId, clientId: string, threshold: number) =>
    db.owner.query(`insert into budget_alerts values ($1, $2, $3, $4, 1, 1, 'USD', now())`, [
      organization,
      clientId,
      november,
      threshold,
    ]);
  await record(own, client, 50);
  await record(own, '00000000-0000-0000-0000-000000000000', 80);
  await record(other, client, 100);
  const reached = [
    share(client, november, 50),
    share(client, november, 100),
    share(client, december, 50),
    share(null, november, 50),
    share(null, november, 80),
  ];
  const untold = await createAlertReader(db.database.app).untoldBudgetAlerts(own, reached);
  expect(untold).toEqual([reached[1], reached[2], reached[3]]);
});
