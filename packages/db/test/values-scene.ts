import { randomUUID } from 'node:crypto';
import { asId, type ClientId } from '@metergate/core';
import type { CounterKey } from '@metergate/core/limits/limits.ports';
import type { Period } from '@metergate/core/shared/time/period';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { createUnitOfWork, rebuildProjections } from '../src/index.ts';
import { createLimitLedger } from '../src/queries/limits/limit-ledger.ts';
import { Newness, storeUsageEvents, toUsageRow } from '../src/queries/metering.ts';

export const meter = 'active_user';
export const aggregation = 'unique_count' as const;
export const day = (n: number) => new Date(Date.UTC(2027, 2, n));
export const month: Period = { start: day(1), end: day(31) };
const now = day(20);

export type ValuesScene = Awaited<ReturnType<typeof startValuesScene>>;

type UsageRow = ReturnType<typeof toUsageRow>;

/** A database in which a meter counts different users. */
export async function startValuesScene() {
  const test = await createTestDatabase();
  await defineMeter(test, 'user');
  return {
    test,
    defineMeter: (valueField: string) => defineMeter(test, valueField),
    addOrganization: () => addOrganization(test),
    /** Of all counters that exist: where something else is kept than the events say. */
    differences: async () =>
      (await rebuildProjections({ ownerUrl: test.ownerUrl, write: false })).differentValues,
  };
}

async function defineMeter({ owner }: TestDatabase, valueField: string): Promise<void> {
  await owner.query(
    `insert into meters (key, content, content_hash) values ($1, $2, 'x')
     on conflict (key) do update set content = excluded.content`,
    [meter, JSON.stringify({ aggregation, valueField })],
  );
}

interface Used {
  at?: Date;
  client?: ClientId | null;
  meter?: string;
}

async function addOrganization(test: TestDatabase) {
  const { owner } = test;
  const organizationId = asId('organization', randomUUID());
  const clients = [null, asId('client', randomUUID()), asId('client', randomUUID())] as const;
  await owner.query(
    `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'Acme', 'a@example.com', 'USD')`,
    [organizationId, `o-${organizationId}`],
  );
  for (const client of clients.slice(1)) {
    await owner.query(`insert into clients (organization_id, id, name) values ($1, $2, 'c')`, [
      organizationId,
      client,
    ]);
  }
  const keyOf = (window: Period, client: ClientId | null = null): CounterKey => ({
    ...{ organizationId, feature: meter, window, aggregation },
    ...(client !== null && { clientId: client }),
  });
  return {
    organizationId,
    clients,
    keyOf,
    used(id: string, user: string | number | null, change: Used = {}): UsageRow {
      const { at = day(10), client = null } = change;
      return toUsageRow({
        organizationId,
        source: 'api',
        aggregation: change.meter === undefined ? aggregation : 'sum',
        draft: {
          ...{ id, meter: change.meter ?? meter, quantity: '1', occurredAt: at, clientId: client },
          ...{ subject: null, properties: user === null ? null : JSON.stringify({ user, city: 'Rome' }) },
        },
      });
    },
    store: (rows: readonly UsageRow[], database = test.database) =>
      storeUsageEvents({ pool: database.ingest, recordedAt: now, newness: new Newness() }, rows),
    /** Takes back, or gives another quantity. */
    correct(eventId: string, target: string | null = null, database = test.database) {
      const unitOfWork = createUnitOfWork(database.prisma.app, {
        clock: { now: () => now },
        ids: { next: randomUUID },
      });
      const aggregationOf = (name: string) => (name === meter ? aggregation : 'sum');
      const correction = { eventId, target, at: now, aggregationOf };
      return unitOfWork.run(organizationId, ({ usageCorrections }) =>
        usageCorrections.correct(organizationId, correction),
      );
    },
    async level(window = month, client: ClientId | null = null, database = test.database) {
      const { ingest: pool, worker: finder } = database;
      const ledger = createLimitLedger({ pool, finder, nextId: randomUUID });
      return (await ledger.levels(keyOf(window, client))).used;
    },
    async counters(): Promise<number> {
      const { rows } = await owner.query(
        'select count(*)::int as count from limit_counters where organization_id = $1',
        [organizationId],
      );
      return rows[0].count;
    },
  };
}
