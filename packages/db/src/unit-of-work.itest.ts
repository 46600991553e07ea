import { asId, FixedClock, type OrganizationId } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdSource } from './ids.ts';
import { createUnitOfWork } from './unit-of-work.ts';

const clock = new FixedClock(new Date('2026-03-01T00:00:00Z'));
const ids = createIdSource();
const actor = { kind: 'job', name: 'test' } as const;
let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.dispose());

function newOrganizationId(): OrganizationId {
  return asId('organization', ids.next());
}

test('row, audit entry and outbox message commit together', async () => {
  const organizationId = newOrganizationId();
  const unitOfWork = createUnitOfWork(testDatabase.database.prisma.app, { clock, ids });
  await unitOfWork.run(organizationId, async (tx) => {
    await tx.audit.append({
      organizationId,
      actor,
      action: 'organization.created',
      target: { kind: 'organization', id: organizationId },
    });
    await tx.outbox.add({
      organizationId,
      kind: 'stripe.customer.create',
      payload: { name: 'A' },
      idempotencyKey: 'k',
    });
    await tx.outbox.add({
      organizationId,
      kind: 'stripe.customer.create',
      payload: { name: 'A' },
      idempotencyKey: 'k',
    });
  });
  const { rows } = await testDatabase.owner.query(
    'select (select count(*)::int from audit_log) as audit, (select count(*)::int from outbox) as outbox',
  );
  expect(rows).toEqual([{ audit: 1, outbox: 1 }]);
});
