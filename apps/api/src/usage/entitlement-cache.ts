import { type Clock, notFound, type OrganizationId } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import {
  type EntitlementFacts,
  type EntitlementSnapshot,
  entitlementSnapshot,
} from '@metergate/core/limits/entitlement-snapshot';
import type { EntitlementReader } from '@metergate/core/limits/limits.ports';
import { ExpiringCache } from './expiring-cache.ts';
import { LastKnown } from './outage/last-known.ts';

/** Longest time another process's change can stay unseen when its notification is lost. */
const lifetimeMs = 5_000;
const organizationsMax = 10_000;

export interface EntitlementCacheOptions {
  load: (organizationId: OrganizationId) => Promise<EntitlementFacts | undefined>;
  catalog: ReadonlyMap<string, ProductFamily>;
  clock: Clock;
  monotonicMs: () => number;
  /** Whether a failed load means that the database is away, so that older knowledge may answer. */
  isUnavailable: (error: unknown) => boolean;
}

/** Rights of organizations in memory: forgotten when told of a change, and after five seconds in any case. */
export class EntitlementCache implements EntitlementReader {
  readonly #options: EntitlementCacheOptions;
  readonly #cache: ExpiringCache<EntitlementSnapshot>;
  readonly #lastKnown: LastKnown<EntitlementSnapshot>;

  constructor(options: EntitlementCacheOptions) {
    this.#options = options;
    this.#cache = new ExpiringCache({
      lifetimeMs,
      sizeMax: organizationsMax,
      monotonicMs: options.monotonicMs,
    });
    this.#lastKnown = new LastKnown({ sizeMax: organizationsMax, monotonicMs: options.monotonicMs });
  }

  snapshotOf(organizationId: OrganizationId): Promise<EntitlementSnapshot> {
    return this.#cache.get(organizationId, () => this.#load(organizationId));
  }

  forget(organizationId: string): void {
    this.#cache.forget(organizationId);
  }

  forgetAll(): void {
    this.#cache.clear();
  }

  async #load(organizationId: OrganizationId): Promise<EntitlementSnapshot> {
    const { load, catalog, clock, isUnavailable } = this.#options;
    try {
      const facts = await load(organizationId);
      if (facts === undefined) throw notFound('organization');
      return this.#lastKnown.remember(organizationId, entitlementSnapshot(facts, catalog, clock.now()));
    } catch (error) {
      const known = isUnavailable(error) ? this.#lastKnown.recall(organizationId) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }
}
