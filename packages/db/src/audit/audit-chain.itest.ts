import { type AuditEntry, asId, FixedClock, type OrganizationId } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdSource } from '../ids.ts';
import { createPlatformUnitOfWork, createUnitOfWork } from '../unit-of-work.ts';
import { verifyAuditChain } from './verify-audit-chain.ts';

const clock = new FixedClock(new Date('2026-03-01T00:00:00.123Z'));
const ids = createIdSource();
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase({ poolSizes: { app: 8 } });
  // Tampering needs somebody who can switch the triggers off; the owner can.
  for (const kind of ['rows', 'table']) {
    await db.owner.query(`alter table audit_log disable trigger append_only_${kind}`);
  }
});
afterAll(() => db.dispose());

test('an untouched chain verifies, whatever its entries hold', async () => {
  const organizationId = await chainOf(0);
  const values = [
    {
      before: undefined,
      after: { z: 1, a: [1.5, -0, 1e21, null], nested: { b: 'ü\u0000\ud800', d: clock.now() } },
    },
    { before: 'text', after: 12345678901234567890n },
    { before: { __proto__: null, deleted: undefined }, after: [] },
  ];
  for (const value of values) await append(organizationId, value);
  expect(await verify(organizationId)).toEqual({ intact: true, length: 3n });
});

test('an edited entry is found', async () => {
  const organizationId = await chainOf(5);
  await tamper(
    organizationId,
    "update audit_log set reason = 'nothing to see' where chain_id = $1 and sequence = 3",
  );
  expect(await verify(organizationId)).toMatchObject({
    intact: false,
    firstBadSequence: 3n,
    problem: 'entry_changed',
  });
});

test.each([
  "at = at + interval '1 millisecond'",
  `actor = jsonb_set(actor, '{name}', '"somebody else"')`,
  "on_behalf_of = 'somebody else'",
  "action = 'something.else'",
  "target_kind = 'invoice'",
  "target_id = 'another'",
  "reason = 'another'",
  `before = '{"plan":"free"}'`,
  `after = '{"plan":"free"}'`,
  "request_id = 'another'",
  'id = gen_random_uuid()',
])('an edit of any column is found: %s', async (edit) => {
  const organizationId = await chainOf(2);
  await tamper(organizationId, `update audit_log set ${edit} where chain_id = $1 and sequence = 1`);
  expect(await verify(organizationId)).toMatchObject({ firstBadSequence: 1n, problem: 'entry_changed' });
});

test('a deleted entry is found', async () => {
  const organizationId = await chainOf(5);
  await tamper(organizationId, 'delete from audit_log where chain_id = $1 and sequence = 2');
  expect(await verify(organizationId)).toMatchObject({
    intact: false,
    firstBadSequence: 2n,
    problem: 'entry_missing',
  });
});

test('an inserted entry is found', async () => {
  const organizationId = await chainOf(5);
  await tamper(
    organizationId,
    `insert into audit_log select (jsonb_populate_record(l, jsonb_build_object('sequence', 6, 'id', gen_random_uuid()))).*
       from audit_log l where chain_id = $1 and sequence = 5`,
  );
  expect(await verify(organizationId)).toMatchObject({ intact: false, firstBadSequence: 6n });
});

test('reordered entries are found', async () => {
  const organizationId = await chainOf(5);
  await tamper(organizationId, 'update audit_log set sequence = 100 where chain_id = $1 and sequence = 2');
  await tamper(organizationId, 'update audit_log set sequence = 2 where chain_id = $1 and sequence = 4');
  await tamper(organizationId, 'update audit_log set sequence = 4 where chain_id = $1 and sequence = 100');
  expect(await verify(organizationId)).toMatchObject({
    intact: false,
    firstBadSequence: 2n,
    problem: 'entry_changed',
  });
});

test('a cut tail is found', async () => {
  const organizationId = await chainOf(5);
  await tamper(organizationId, 'delete from audit_log where chain_id = $1 and sequence > 3');
  expect(await verify(organizationId)).toMatchObject({
    intact: false,
    firstBadSequence: 4n,
    problem: 'tail_cut',
  });
});

test('200 concurrent appends make one chain without a fork', async () => {
  const organizationId = await chainOf(0);
  await Promise.all(Array.from({ length: 200 }, (_, index) => append(organizationId, { after: { index } })));
  expect(await verify(organizationId)).toEqual({ intact: true, length: 200n });
  const { rows } = await db.owner.query(
    'select count(distinct previous_hash)::int as links from audit_log where chain_id = $1',
    [organizationId],
  );
  expect(rows).toEqual([{ links: 200 }]);
});

test('the platform has a chain of its own and cannot write into an organization', async () => {
  const platform = createPlatformUnitOfWork(db.database.prisma.platform, { clock, ids });
  await platform.run((tx) => tx.audit.append(entryOf(null, { after: { flag: 'on' } })));
  await platform.run((tx) => tx.audit.append(entryOf(null, { after: { flag: 'off' } })));
  expect(await verifyAuditChain(db.database.platform, 'platform')).toEqual({ intact: true, length: 2n });
  const foreign = entryOf(asId('organization', ids.next()), {});
  await expect(platform.run((tx) => tx.audit.append(foreign))).rejects.toThrow(
    /in a transaction of platform/,
  );
});

async function chainOf(length: number): Promise<OrganizationId> {
  const organizationId = asId('organization', ids.next());
  for (let index = 0; index < length; index++) await append(organizationId, { after: { index } });
  return organizationId;
}

async function append(
  organizationId: OrganizationId,
  change: { before?: unknown; after?: unknown },
): Promise<void> {
  const unitOfWork = createUnitOfWork(db.database.prisma.app, { clock, ids });
  await unitOfWork.run(organizationId, (tx) => tx.audit.append(entryOf(organizationId, change)));
}

function entryOf(
  organizationId: OrganizationId | null,
  change: { before?: unknown; after?: unknown },
): AuditEntry {
  return {
    organizationId,
    actor: { kind: 'job', name: 'test' },
    action: 'limit.changed',
    target: { kind: 'limit', id: 'seats' },
    reason: 'asked for by the customer',
    ...change,
  };
}

async function tamper(organizationId: OrganizationId, statement: string): Promise<void> {
  await db.owner.query(statement, [organizationId]);
}

async function verify(organizationId: OrganizationId) {
  return await verifyAuditChain(db.database.platform, organizationId);
}
