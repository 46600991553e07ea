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
});
afterAll(() => test.dispose());

it('deletes what is older than its time and nothing else, whatever it is asked for', async () => {
  const now = new Date();
  const deleted = await deleteExpired(test.database.worker, { rejectedEvents: now, receipts: now });
  expect(deleted).toEqual({ rejectedEvents: 3, receipts: 1 });
  const { rows } = await test.owner.query(
    `select (select count(*)::int from rejected_events) as rejected,
            (select count(*)::int from decision_receipts) as receipts`,
  );
  expect(rows).toEqual([{ rejected: 2, receipts: 4 }]);
});

it('lets the workers read nothing of what was refused', async () => {
  await expect(test.database.worker.query('select payload from rejected_events')).rejects.toThrow(
    /permission/,
  );
});
