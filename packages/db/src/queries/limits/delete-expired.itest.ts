import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deleteExpired } from './delete-expired.ts';

let test: TestDatabase;
const organizationId = randomUUID();

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, 'acme', 'Acme', 'a@example.com', 'USD')`,
    [organizationId],
  );
  for (const days of [1, 29, 31, 89, 91]) {
    await test.owner.query(
      `insert into rejected_events (organization_id, id, payload, code, message, received_at)
       values ($1, $2, '{}', 'ID_INVALID', 'no id', now() - $3 * interval '1 day')`,
      [organizationId, randomUUID(), days],
    );
    await test.owner.query(
      `insert into decision_receipts (organization_id, id, at, feature, operation, decision, quantity, used, reserved, evidence)
       values ($1, $2, now() - $3 * interval '1 day', 'execution', 'check', 'allowed', 1, 0, 0, '{}')`,
      [organizationId, randomUUID(), days],
    );
  }
  for (const days of [1, 69, 71]) {
    for (const feature of ['active_user', 'message']) {
      await test.owner.query(
        `insert into limit_counters (organization_id, feature, window_start, window_end, used)
         values ($1, $2, now() - ($3 + 30) * interval '1 day', now() - $3 * interval '1 day', 2)`,
        [organizationId, feature, days],
      );
    }
  }
  await test.owner.query(
    `insert into limit_counter_values (organization_id, feature, window_start, window_end, value, event_count)
     select organization_id, feature, window_start, window_end, value, 1
       from limit_counters, unnest(array['ann', 'bob']) value where feature = 'active_user'`,
  );
});
afterAll(() => test.dispose());

it('deletes what is older than its time and nothing else, whatever it is asked for', async () => {
  const now = new Date();
  const before = { rejectedEvents: now, receipts: now, countedValues: now };
  const deleted = await deleteExpired(test.database.worker, before);
  expect(deleted).toEqual({ rejectedEvents: 3, receipts: 1, countedValues: 2 });
  const { rows } = await test.owner.query(
    `select (select count(*)::int from rejected_events) as rejected,
            (select count(*)::int from decision_receipts) as receipts,
            (select count(*)::int from limit_counter_values) as values,
            (select string_agg(feature, ' ' order by feature, window_end) from limit_counters) as counters`,
  );
  // Counters of sums cost a row and stay.
  const counters = 'active_user active_user message message message';
  expect(rows).toEqual([{ rejected: 2, receipts: 4, values: 4, counters }]);
});

it('lets the workers read nothing of what was refused', async () => {
  await expect(test.database.worker.query('select payload from rejected_events')).rejects.toThrow(
    /permission/,
  );
});
