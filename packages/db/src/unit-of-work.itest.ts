import { asId, FixedClock, type OrganizationId } from '@metergate/core';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRow, sampleIds, sampleRows } from '../test/sample-rows.ts';
import { createDatabase } from './client.ts';
import { isTransactionConflict } from './database-failure.ts';
import { createIdSource } from './ids.ts';
import { countQueries, currentQueryCount } from './query-counter.ts';
import { createUnitOfWork, type Tx, withOrganization } from './unit-of-work.ts';

const options = { clock: new FixedClock(new Date('2026-03-01T00:00:00Z')), ids: createIdSource() };
const actor = { kind: 'job', name: 'test' } as const;
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  for (const number of [1, 2]) {
    const [organization] = sampleRows(number);
    if (organization !== undefined) await insertRow(db.owner, ...organization);
  }
});
afterAll(() => db.dispose());

test('audit entry and outbox message commit together, and the same message twice is one', async () => {
  const organizationId = newOrganizationId();
  await createUnitOfWork(db.database.prisma.app, options).run(organizationId, (tx) =>
    change(tx, organizationId),
  );
  expect(await countsOf(organizationId)).toEqual({ audit: 1, outbox: 1 });
});

test('when the work throws nothing of it remains', async () => {
  const organizationId = newOrganizationId();
  const unitOfWork = createUnitOfWork(db.database.prisma.app, options);
  const failing = unitOfWork.run(organizationId, async (tx) => {
    await change(tx, organizationId);
    throw new Error('half way');
  });
  await expect(failing).rejects.toThrow('half way');
  expect(await countsOf(organizationId)).toEqual({ audit: 0, outbox: 0 });
});

test('a message or an audit entry of another organization is refused', async () => {
  const unitOfWork = createUnitOfWork(db.database.prisma.app, options);
  const other = newOrganizationId();
  const mine = newOrganizationId();
  await expect(unitOfWork.run(mine, (tx) => change(tx, other))).rejects.toThrow(/in a transaction of/);
});

test('a deadlock is retried and both transactions commit', async () => {
  const organizationId = asId('organization', sampleIds(1).organization);
  const unitOfWork = db.database.prisma.app;
  const names = ['deadlock-a', 'deadlock-b'];
  for (const name of names) {
    const id = options.ids.next();
    await insertRow(db.owner, 'clients', {
      organization_id: organizationId,
      id,
      external_id: name,
      name: '0',
    });
  }
  let attempts = 0;
  const gate = meetingPoint(2);
  const lockInOrder = (order: string[]) =>
    withOrganization(unitOfWork, organizationId, async (tx) => {
      attempts += 1;
      for (const name of order) {
        await tx.$executeRaw`update clients set name = (name::int + 1)::text where external_id = ${name}`;
        await gate.arrive();
      }
    });
  await Promise.all([lockInOrder(names), lockInOrder(names.toReversed())]);
  expect(attempts).toBe(3);
  const { rows } = await db.owner.query("select name from clients where external_id like 'deadlock-%'");
  expect(rows).toEqual([{ name: '2' }, { name: '2' }]);
});

test('an error that is no conflict is not retried', async () => {
  const organizationId = asId('organization', sampleIds(1).organization);
  let attempts = 0;
  const failing = withOrganization(db.database.prisma.app, organizationId, async (tx) => {
    attempts += 1;
    await tx.$executeRaw`select 1 / 0`;
  });
  const error = await failing.catch((reason: unknown) => reason);
  expect(isTransactionConflict(error)).toBe(false);
  expect(attempts).toBe(1);
});

test('a conflict that no retry resolves becomes one error that may be repeated', async () => {
  let attempts = 0;
  const losing = createUnitOfWork(db.database.prisma.app, options).run(newOrganizationId(), async (tx) => {
    attempts += 1;
    await tx.lockOrganization();
    throw Object.assign(new Error('could not serialize access'), { code: '40001' });
  });
  await expect(losing).rejects.toMatchObject({ code: 'TRANSACTION_CONFLICT', retriable: true });
  expect(attempts).toBe(5);
});

test('a database that does not answer becomes one error that may be repeated', async () => {
  const nowhere = createDatabase({ url: 'postgresql://nobody:x@127.0.0.1:1/nothing' });
  const failing = withOrganization(nowhere.prisma.app, newOrganizationId(), (tx) => tx.client.findMany());
  await expect(failing).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', kind: 'unavailable' });
  await nowhere.close();
});

test('the lock on the organization makes the second transaction wait for the first', async () => {
  const organizationId = asId('organization', sampleIds(2).organization);
  const unitOfWork = createUnitOfWork(db.database.prisma.app, options);
  const order: string[] = [];
  const isLocked = Promise.withResolvers<void>();
  const first = unitOfWork.run(organizationId, async (tx) => {
    await tx.lockOrganization();
    isLocked.resolve();
    await tx.audit.append(entryOf(organizationId));
    order.push('first');
  });
  await isLocked.promise;
  const second = unitOfWork.run(organizationId, async (tx) => {
    await tx.lockOrganization();
    order.push('second');
  });
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

test('queries of Prisma and of plain SQL are counted per request', async () => {
  const organizationId = asId('organization', sampleIds(1).organization);
  const counted = await countQueries('request-1', async () => {
    await withOrganization(db.database.prisma.app, organizationId, (tx) => tx.client.findMany());
    const afterPrisma = currentQueryCount();
    await db.database.app.query('select 1');
    return { afterPrisma, afterSql: currentQueryCount() };
  });
  // begin with the tenant, select, commit
  expect(counted.afterPrisma).toEqual({ requestId: 'request-1', count: 3 });
  expect(counted.afterSql).toEqual({ requestId: 'request-1', count: 4 });
  expect(currentQueryCount()).toBeUndefined();
});

const tenantSql = "select current_setting('app.organization_id', true) as tenant";
type Tenant = { tenant: string | null };

test('transactions at the same time have each its own tenant, and none remains on their connections', async () => {
  const ids = Array.from({ length: 40 }, newOrganizationId);
  const seen = await Promise.all(
    ids.map((id) =>
      withOrganization(db.database.prisma.app, id, async (tx) => {
        const [first] = await tx.$queryRawUnsafe<Tenant[]>(tenantSql);
        await tx.$executeRaw`select pg_sleep(0.002)`;
        const [second] = await tx.$queryRawUnsafe<Tenant[]>(tenantSql);
        return [first?.tenant, second?.tenant];
      }),
    ),
  );
  expect(seen).toEqual(ids.map((id) => [id, id]));
  const after = await Promise.all(ids.map(() => db.database.app.query<Tenant>(tenantSql)));
  expect(new Set(after.map(({ rows }) => rows[0]?.tenant || null))).toEqual(new Set([null]));
});

test('what is begun within the work of an organization has a tenant of its own, or none', async () => {
  const [outer, inner] = [newOrganizationId(), newOrganizationId()];
  const { app, platform } = db.database.prisma;
  const seen = await withOrganization(app, outer, async (tx) => {
    const nested = await withOrganization(app, inner, (other) => other.$queryRawUnsafe<Tenant[]>(tenantSql));
    const none = await app.$transaction((other) => other.$queryRawUnsafe<Tenant[]>(tenantSql));
    const elsewhere = await platform.$transaction((other) => other.$queryRawUnsafe<Tenant[]>(tenantSql));
    const own = await tx.$queryRawUnsafe<Tenant[]>(tenantSql);
    return [nested, none, elsewhere, own].map(([row]) => row?.tenant || null);
  });
  expect(seen).toEqual([inner, null, null, outer]);
});

test('a transaction on another pool sets its tenant by a statement, and so does what is no id', async () => {
  const id = newOrganizationId();
  const { app, platform } = db.database.prisma;
  const read = (tx: Parameters<Parameters<typeof withOrganization>[2]>[0]) =>
    tx.$queryRawUnsafe<Tenant[]>(tenantSql);
  const within = await withOrganization(platform, id, async (tx) => [
    await read(tx),
    await app.$transaction(read),
  ]);
  expect(within.map(([row]) => row?.tenant || null)).toEqual([id, null]);
  const odd = "it's none" as OrganizationId;
  expect(await withOrganization(app, odd, read)).toEqual([{ tenant: odd }]);
});

function newOrganizationId(): OrganizationId {
  return asId('organization', options.ids.next());
}

async function change(tx: Tx, organizationId: OrganizationId): Promise<void> {
  await tx.audit.append(entryOf(organizationId));
  const message = {
    organizationId,
    kind: 'stripe.customer.create',
    payload: { name: 'A' },
    idempotencyKey: 'k',
  };
  await tx.outbox.add(message);
  await tx.outbox.add(message);
}

function entryOf(organizationId: OrganizationId) {
  const target = { kind: 'organization', id: organizationId };
  return { organizationId, actor, action: 'organization.created', target };
}

async function countsOf(organizationId: OrganizationId) {
  const { rows } = await db.owner.query(
    `select (select count(*)::int from audit_log where organization_id = $1) as audit,
            (select count(*)::int from outbox where organization_id = $1) as outbox`,
    [organizationId],
  );
  return rows[0];
}

/** Lets the first arrivals pass only together; later ones pass at once. */
function meetingPoint(expected: number) {
  let arrived = 0;
  const together = Promise.withResolvers<void>();
  return {
    arrive() {
      arrived += 1;
      if (arrived === expected) together.resolve();
      return together.promise;
    },
  };
}

test('an instant is the same instant in a database of another time zone', async () => {
  const { rows } = await db.owner.query('select current_database() as name');
  await db.owner.query(`alter database ${rows[0].name} set timezone to 'Asia/Kolkata'`);
  const elsewhere = createDatabase(db.urls === undefined ? { url: db.ownerUrl } : { urls: db.urls });
  try {
    const at = new Date('2026-03-01T12:34:56.789Z');
    const organizationId = newOrganizationId();
    const unitOfWork = createUnitOfWork(elsewhere.prisma.app, options);
    const read = () => unitOfWork.run(organizationId, (tx) => tx.usageReopenings.findOpen(organizationId));
    const text = 'insert into usage_reopenings values ($1, $1, $2, $2)';
    await db.owner.query(text, [organizationId, at.toISOString()]);
    expect(await read()).toEqual(at);
    const before = new Date('2026-03-01T12:00:00.001Z');
    await unitOfWork.run(organizationId, (tx) =>
      tx.usageReopenings.note(organizationId, { occurredFrom: before, notedAt: at }),
    );
    const { rows: stored } = await db.owner.query('select min(occurred_from) as at from usage_reopenings');
    expect(stored[0].at).toEqual(before);
  } finally {
    await elsewhere.close();
  }
});
