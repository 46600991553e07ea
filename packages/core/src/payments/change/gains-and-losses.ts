import {
  type EffectiveEntitlement,
  entitlementsOf,
  type Limit,
} from '../../catalog/effective-entitlements.ts';
import type { PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { compareQuantities } from '../../shared/money/quantity.ts';
import type { Counts } from '../purchase/plan-items.ts';
import type { QuoteConflict } from './quote.ts';

interface Side {
  plan: PlanVersion;
  counts: Counts;
}

/** What the change gives and takes, one sentence per feature, in the order of the catalogue. */
export function gainsAndLosses(
  family: ProductFamily,
  { from, to, at }: { from: Side; to: Side; at: Date },
): { gains: string[]; losses: string[] } {
  const before = entitlementsOf({ planVersion: from.plan, quantities: from.counts, at });
  const after = entitlementsOf({ planVersion: to.plan, quantities: to.counts, at });
  const gains: string[] = [];
  const losses: string[] = [];
  for (const { key, name } of family.features) {
    const direction = compareEntitlements(before.get(key), after.get(key));
    if (direction === 0) continue;
    (direction > 0 ? gains : losses).push(sentence(name, before.get(key), after.get(key)));
  }
  return { gains, losses };
}

/** What is in use now and would not fit: these must be settled before the change. */
export function conflictsOf(
  family: ProductFamily,
  input: { from: Side; to: Side; levels: ReadonlyMap<string, string>; at: Date },
): QuoteConflict[] {
  const { from, to, levels, at } = input;
  const before = entitlementsOf({ planVersion: from.plan, quantities: from.counts, at });
  const after = entitlementsOf({ planVersion: to.plan, quantities: to.counts, at });
  const conflicts: QuoteConflict[] = [];
  for (const { key, name } of family.features) {
    const entitlement = after.get(key);
    const level = levels.get(key);
    if (entitlement?.kind !== 'allocated' || level === undefined || entitlement.onLimit !== 'block') continue;
    if (entitlement.limit.kind === 'unlimited' || compareQuantities(level, entitlement.limit.quantity) <= 0)
      continue;
    // What is too much already is no reason against more of it: ten seats for twelve people, now eleven.
    if (isWider(before.get(key), entitlement)) continue;
    const message = `${name}: ${level} in use, ${to.plan.name} allows ${entitlement.limit.quantity}`;
    conflicts.push({ code: 'LEVEL_ABOVE_LIMIT', message });
  }
  return conflicts;
}

function isWider(before: EffectiveEntitlement | undefined, after: EffectiveEntitlement): boolean {
  return compareEntitlements(before, after) > 0;
}

function compareEntitlements(before?: EffectiveEntitlement, after?: EffectiveEntitlement): number {
  if (isSwitch(before) || isSwitch(after)) return Number(isOn(after)) - Number(isOn(before));
  return compareLimits(limitOf(before), limitOf(after));
}

function compareLimits(before: Limit, after: Limit): number {
  if (after.kind === 'unlimited') return before.kind === 'unlimited' ? 0 : 1;
  if (before.kind === 'unlimited') return -1;
  return compareQuantities(after.quantity, before.quantity);
}

function sentence(name: string, before?: EffectiveEntitlement, after?: EffectiveEntitlement): string {
  if (isSwitch(before) || isSwitch(after)) return isOn(after) ? name : `${name} ends`;
  return `${name}: ${limitText(limitOf(after))} instead of ${limitText(limitOf(before))}`;
}

function limitText(limit: Limit): string {
  return limit.kind === 'unlimited' ? 'unlimited' : limit.quantity;
}

function limitOf(entitlement: EffectiveEntitlement | undefined): Limit {
  if (entitlement?.kind === 'metered' || entitlement?.kind === 'allocated') return entitlement.limit;
  return { kind: 'limited', quantity: '0' };
}

function isSwitch(entitlement: EffectiveEntitlement | undefined): boolean {
  return entitlement?.kind === 'boolean';
}

function isOn(entitlement: EffectiveEntitlement | undefined): boolean {
  return entitlement?.kind === 'boolean' && entitlement.isEnabled;
}
