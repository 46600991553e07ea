import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deleteExpired } from './delete-expired.ts';
import { forgetValues } from './forget-values.ts';

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

it('takes away what an earlier run left that ended between the values of a counter', async () => {
  const left = async () => {
    const { rows } = await test.owner.query(
      `select count(*)::int as counters, coalesce(sum(used), 0)::int as used,
              (select count(*)::int from limit_counter_values counted where counted.feature = 'left') as values
         from limit_counters where feature = 'left'`,
    );
    return rows[0];
  };
  await test.owner.query(
    `with counter as (
       insert into limit_counters (organization_id, feature, window_start, window_end, used)
       values ($1, 'left', now() - interval '130 days', now() - interval '100 days', 5) returning *)
     insert into limit_counter_values (organization_id, feature, window_start, window_end, value, event_count)
     select organization_id, feature, window_start, window_end, 'v' || n, 1 from counter, generate_series(1, 5) as n`,
    [organizationId],
  );
  await test.owner.query(
    `create function end_here() returns trigger language plpgsql as $$ begin raise 'ended here'; end $$;
     create trigger end_here before delete on limit_counter_values for each row when (old.value = 'v4')
       execute function end_here()`,
  );
  await expect(forgetValues(test.database.worker, new Date(), 2)).rejects.toThrow('ended here');
  // Nobody takes it for whole, and nothing is added to it any more.
  expect(await left()).toEqual({ counters: 1, used: 0, values: 3 });
  const { rows } = await test.owner.query(
    `select counted_until = window_start as mark from limit_counters where feature = 'left'`,
  );
  expect(rows).toEqual([{ mark: true }]);
  await test.owner.query('drop trigger end_here on limit_counter_values');
  expect(await forgetValues(test.database.worker, new Date(), 2)).toBe(3);
  expect(await left()).toEqual({ counters: 0, used: 0, values: 0 });
});

it('takes away a counter of which an earlier run left no value', async () => {
  await test.owner.query(
    `insert into limit_counters (organization_id, feature, window_start, window_end, counted_until)
     select $1, 'left', day, day + interval '30 days', day from (select now() - interval '130 days' as day) as old`,
    [organizationId],
  );
  expect(await forgetValues(test.database.worker, new Date())).toBe(0);
  const { rowCount } = await test.owner.query(`select from limit_counters where feature = 'left'`);
  expect(rowCount).toBe(0);
});
