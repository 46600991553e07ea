import { addQuantities, multiplyQuantity, type Quantity } from '../shared/money/quantity.ts';
import type { Entitlement, Included } from './entitlement.ts';
import type { PlanVersion } from './plan.ts';

/** The ceiling of a feature for one organization. */
export type Limit = { kind: 'unlimited' } | { kind: 'limited'; quantity: Quantity };

/** What an organization has that limits grow with. */
export interface EntitlementQuantities {
  /** Active clients. */
  clients: number;
  /** Seats bought. */
  seats: number;
}

/** An exception for one organization. What is absent is inherited from the plan. */
export interface EntitlementOverride {
  id: string;
  feature: string;
  limit?: Limit;
  /** Major units. */
  unitPrice?: string;
  isEnabled?: boolean;
  /** From this instant on it no longer counts; null = until it is ended. */
  expiresAt: Date | null;
}

type QuantityEntitlement = Extract<Entitlement, { kind: 'metered' | 'allocated' }>;
type WithLimit<E> = E extends QuantityEntitlement
  ? Omit<E, 'included'> & {
      limit: Limit;
      /** Grows with clients or seats, so that zero means "none yet" and not "not part of the plan". */
      isPerUnit: boolean;
      /** What costs nothing if the plan charges for the feature; unlimited = nothing is charged. */
      freeUnits: Limit;
      /** Major units; null = the plan's price. */
      unitPriceOverride: string | null;
      overrideIds: string[];
    }
  : E & { overrideIds: string[] };
/** An entitlement with its numbers worked out; `overrideIds` names the exceptions that shaped it. */
export type EffectiveEntitlement = WithLimit<Entitlement>;
export type EffectiveQuantityEntitlement = Extract<EffectiveEntitlement, { kind: 'metered' | 'allocated' }>;

export interface EntitlementsInput {
  planVersion: PlanVersion;
  quantities: EntitlementQuantities;
  overrides?: readonly EntitlementOverride[];
  /** Overrides that have expired by then are ignored. */
  at: Date;
}

/**
 * What an organization may use, by feature. Limits add up: base + per client × clients + per seat × seats; then
 * overrides replace single fields, later ones winning. An override cannot grant a feature the plan does not list.
 */
export function entitlementsOf(input: EntitlementsInput): ReadonlyMap<string, EffectiveEntitlement> {
  const inForce = (input.overrides ?? []).filter(
    ({ expiresAt }) => expiresAt === null || input.at.getTime() < expiresAt.getTime(),
  );
  return new Map(
    input.planVersion.entitlements.map((entitlement) => [
      entitlement.feature,
      effective(entitlement, {
        quantities: input.quantities,
        overrides: inForce.filter(({ feature }) => feature === entitlement.feature),
      }),
    ]),
  );
}

/** The limit a plan gives at these quantities. What is agreed per organization counts as nothing until granted. */
export function limitOf(included: Included, quantities: EntitlementQuantities): Limit {
  if (included.kind === 'unlimited') return { kind: 'unlimited' };
  if (included.kind === 'custom') return { kind: 'limited', quantity: '0' };
  const quantity = addQuantities(
    included.base,
    multiplyQuantity(included.perClient ?? '0', quantities.clients),
    multiplyQuantity(included.perSeat ?? '0', quantities.seats),
  );
  return { kind: 'limited', quantity };
}

function effective(
  entitlement: Entitlement,
  context: { quantities: EntitlementQuantities; overrides: readonly EntitlementOverride[] },
): EffectiveEntitlement {
  const overrideIds = context.overrides.map(({ id }) => id);
  if (entitlement.kind === 'config') return { ...entitlement, overrideIds };
  if (entitlement.kind === 'boolean') {
    const isEnabled = lastOf(context.overrides, 'isEnabled') ?? entitlement.isEnabled;
    return { ...entitlement, isEnabled, overrideIds };
  }
  const { included, ...terms } = entitlement;
  const limit = lastOf(context.overrides, 'limit') ?? limitOf(included, context.quantities);
  return {
    ...terms,
    limit,
    isPerUnit: included.kind === 'limited' && (included.perClient ?? included.perSeat) !== undefined,
    // A plan without a limit charges from the first unit; a ceiling set on it later makes none of them free.
    freeUnits: included.kind === 'unlimited' ? { kind: 'limited', quantity: '0' } : limit,
    unitPriceOverride: lastOf(context.overrides, 'unitPrice') ?? null,
    overrideIds,
  };
}

function lastOf<K extends 'limit' | 'unitPrice' | 'isEnabled'>(
  overrides: readonly EntitlementOverride[],
  field: K,
): EntitlementOverride[K] | undefined {
  return overrides.findLast((override) => override[field] !== undefined)?.[field];
}
