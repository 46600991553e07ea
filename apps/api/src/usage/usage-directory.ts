import { type Actor, type ClientId, fromPublicId, type OrganizationId } from '@metergate/core';
import type { EntitlementSnapshot } from '@metergate/core/limits/entitlement-snapshot';
import type { EntitlementReader } from '@metergate/core/limits/limits.ports';
import { isDatabaseAway } from '@metergate/core/limits/outage/decide-in-outage';
import type { MeteredOrganization, UsageDirectory } from '@metergate/core/usage/usage.ports';
import { ExpiringCache } from './expiring-cache.ts';
import { LastKnown } from './outage/last-known.ts';

export interface UsageDirectoryOptions {
  /** By our id or the platform's own; null = none. */
  findOrganization: (reference: string) => Promise<OrganizationId | null>;
  findClients: (
    organizationId: OrganizationId,
    references: readonly string[],
  ) => Promise<ReadonlyMap<string, ClientId>>;
  entitlements: EntitlementReader;
  monotonicMs: () => number;
  /** Names of organizations as they were last found, also by others. */
  lastReferences: LastKnown<OrganizationId>;
}

const referenceLifetimeMs = 30_000;
const referencesMax = 20_000;
const clientsMax = 50_000;

/** Names of organizations and clients, from memory where possible. Only what exists is remembered: a client made a
 * moment ago must be found at once. */
export function createUsageDirectory(options: UsageDirectoryOptions): UsageDirectory {
  const { monotonicMs, lastReferences } = options;
  const references = new ExpiringCache<OrganizationId>({
    lifetimeMs: referenceLifetimeMs,
    sizeMax: referencesMax,
    monotonicMs,
  });
  const clients = new Map<string, { id: ClientId; until: number }>();
  const lastClients = new LastKnown<ClientId>({ sizeMax: clientsMax, monotonicMs });
  const metered = new WeakMap<EntitlementSnapshot, MeteredOrganization>();

  async function organizationOf(reference: string): Promise<OrganizationId | undefined> {
    try {
      return await references.get(reference, async () => {
        const found = await options.findOrganization(reference);
        if (found === null) throw unknownReference;
        return lastReferences.remember(reference, found);
      });
    } catch (error) {
      if (error === unknownReference) return undefined;
      const known = isDatabaseAway(error) ? lastReferences.recall(reference) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  /** Those missing in memory; while the database is away, as they were last known, if all of them are. */
  async function clientsOf(organizationId: OrganizationId, missing: readonly string[]) {
    try {
      const found = await options.findClients(organizationId, missing);
      for (const [reference, id] of found) lastClients.remember(`${organizationId} ${reference}`, id);
      return found;
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      const known = missing.flatMap((reference) => {
        const id = lastClients.recall(`${organizationId} ${reference}`);
        return id === undefined ? [] : [[reference, id] as const];
      });
      if (known.length < missing.length) throw error;
      return new Map(known);
    }
  }

  return {
    async findOrganization(reference, actor) {
      const organizationId = ownOrganization(reference, actor) ?? (await organizationOf(reference));
      if (organizationId === undefined || !mayName(actor, organizationId)) return undefined;
      const snapshot = await options.entitlements.snapshotOf(organizationId);
      const known = metered.get(snapshot) ?? meteredOf(snapshot);
      metered.set(snapshot, known);
      return known;
    },
    async findClients(organizationId, wanted) {
      const found = new Map<string, ClientId>();
      const missing: string[] = [];
      for (const reference of wanted) {
        const known = clients.get(`${organizationId} ${reference}`);
        if (known !== undefined && known.until > monotonicMs()) found.set(reference, known.id);
        else missing.push(reference);
      }
      if (missing.length === 0) return found;
      if (clients.size >= clientsMax) clients.clear();
      for (const [reference, id] of await clientsOf(organizationId, missing)) {
        clients.set(`${organizationId} ${reference}`, { id, until: monotonicMs() + referenceLifetimeMs });
        found.set(reference, id);
      }
      return found;
    },
  };
}

const unknownReference = new Error('no such organization');

function ownOrganization(reference: string, actor: Actor): OrganizationId | undefined {
  if (!('organizationId' in actor) || actor.organizationId === null) return undefined;
  return fromPublicId('organization', reference) === actor.organizationId ? actor.organizationId : undefined;
}

/** A key or member of one organization may name no other one. */
function mayName(actor: Actor, organizationId: OrganizationId): boolean {
  return (
    !('organizationId' in actor) || actor.organizationId === null || actor.organizationId === organizationId
  );
}

function meteredOf(snapshot: EntitlementSnapshot): MeteredOrganization {
  const meters = new Map(
    snapshot.standings.flatMap(({ family }) => family.meters.map((meter) => [meter.key, meter] as const)),
  );
  return { organizationId: snapshot.facts.organizationId, meters };
}
