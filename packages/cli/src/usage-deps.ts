import type { OrganizationId } from '@metergate/core';
import { type EntitlementSnapshot, entitlementSnapshot } from '@metergate/core/limits/entitlement-snapshot';
import type { EntitlementReader } from '@metergate/core/limits/limits.ports';
import { createUsageTermsReader } from '@metergate/core/limits/meter-terms';
import type { UsageDirectory, UsageWriteOutcome, UsageWriter } from '@metergate/core/usage/usage.ports';
import { createOrganizationDirectory } from '@metergate/db';
import {
  createUsageReader,
  findClients,
  loadEntitlementFacts,
  previewUsageEvents,
  storeRejectedEvents,
  storeUsageEvents,
  toUsageRow,
} from '@metergate/db/metering';
import type { Context } from './context.ts';
import { UsageProblem } from './outcome.ts';

const eventsPerWrite = 1000;

/** The intake of usage of one organization, straight to the database: nothing is shared with a running application. */
export async function usageDepsOf(context: Context, organizationId: OrganizationId) {
  const { database, clock, ids, unitOfWork, families } = context;
  const pool = database.ingest;
  const snapshot = await snapshotOf(context, organizationId);
  const entitlements: EntitlementReader = { snapshotOf: async () => snapshot };
  const writer: UsageWriter = {
    async write(entries) {
      const outcomes: UsageWriteOutcome[] = [];
      for (let start = 0; start < entries.length; start += eventsPerWrite) {
        const rows = entries.slice(start, start + eventsPerWrite).map(toUsageRow);
        outcomes.push(...(await storeUsageEvents({ pool, recordedAt: clock.now() }, rows)));
      }
      return outcomes;
    },
  };
  const preview: UsageWriter = {
    write: (entries) => previewUsageEvents(pool, entries.map(toUsageRow)),
  };
  const aggregations = new Map(
    families.flatMap(({ meters }) => meters.map(({ key, aggregation }) => [key, aggregation] as const)),
  );
  return {
    clock,
    ids,
    unitOfWork,
    writer,
    preview,
    directory: directoryOf(context, snapshot),
    rejectedEvents: {
      keep: (events: Parameters<typeof storeRejectedEvents>[1]) =>
        storeRejectedEvents(pool, events, { receivedAt: clock.now(), nextId: () => ids.next() }),
    },
    terms: createUsageTermsReader(entitlements),
    reader: createUsageReader({ app: database.app, ingest: pool }),
    aggregationOf: (meter: string) => aggregations.get(meter),
  };
}

async function snapshotOf(
  { database, clock, families }: Context,
  organizationId: OrganizationId,
): Promise<EntitlementSnapshot> {
  const facts = await loadEntitlementFacts(database.ingest, organizationId, clock.now());
  if (facts === undefined) throw new UsageProblem('This organization does not exist.');
  const catalog = new Map(families.map((family) => [family.key, family]));
  return entitlementSnapshot(facts, catalog, clock.now());
}

/** Knows the one organization and nobody else, by every name that it has. */
function directoryOf({ database }: Context, { facts, standings }: EntitlementSnapshot): UsageDirectory {
  const { organizationId } = facts;
  const organizations = createOrganizationDirectory(database.prisma.platform);
  const meters = new Map(standings.flatMap(({ family }) => family.meters.map((meter) => [meter.key, meter])));
  return {
    async findOrganization(reference) {
      const found = await organizations.findByReference(reference);
      return found?.id === organizationId ? { organizationId, meters } : undefined;
    },
    findClients: (_, references) => findClients(database.ingest, organizationId, references),
  };
}
