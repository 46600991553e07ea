import {
  type Entitlement,
  intervalsOf,
  type PlanVersion,
  type Price,
  type PriceComponent,
  type ProductFamily,
  planVersionOf,
} from '@metergate/core';
import type { FamilyView, PlanView } from '@metergate/core/catalog/catalog.schemas';

/** A family as people read it. With a currency only the prices in it; without, every one. */
export function toFamilyView(family: ProductFamily, currency?: string): FamilyView {
  const plans = family.plans.flatMap(({ key }) => planVersionOf(family, key) ?? []);
  return {
    family: family.key,
    name: family.name,
    description: family.description,
    plans: plans.map((plan) => toPlanView(family, plan, currency)),
  };
}

function toPlanView(family: ProductFamily, plan: PlanVersion, currency: string | undefined): PlanView {
  return {
    family: family.key,
    plan: plan.key,
    name: plan.name,
    description: plan.description,
    version: plan.version,
    selfService: plan.offer === 'self_service',
    isFree: plan.offer === 'free',
    rank: plan.rank,
    intervals: intervalsOf(plan),
    prices: plan.prices.flatMap((component) => priceViews(family, component, currency)),
    entitlements: plan.entitlements.map((entitlement) =>
      entitlementView(family, plan, { entitlement, currency }),
    ),
  };
}

function priceViews(family: ProductFamily, component: PriceComponent, currency: string | undefined) {
  return component.rates
    .filter(({ price }) => currency === undefined || price.currency === currency)
    .map(({ interval, price }) => ({
      key: component.key,
      kind: component.kind,
      description: component.name,
      model: price.model,
      unitPrice: unitPriceOf(price),
      unit: unitOf(family, component),
      interval,
      currency: price.currency,
    }));
}

/** One number where the model has one; tiers are shown as tiers. */
function unitPriceOf(price: Price): string | null {
  if (price.model === 'flat' || price.model === 'per_unit') return price.unitPrice;
  return price.model === 'package' ? price.packagePrice : null;
}

function unitOf(family: ProductFamily, component: PriceComponent): string | null {
  if (component.kind === 'base') return null;
  if (component.kind === 'seat' || component.kind === 'usage')
    return featureOf(family, component.feature)?.unit ?? null;
  const addOn = family.addOns.find(({ key }) => key === component.addOn);
  return addOn?.counts === 'seats' ? 'user' : 'client';
}

function entitlementView(
  family: ProductFamily,
  plan: PlanVersion,
  { entitlement, currency }: { entitlement: Entitlement; currency: string | undefined },
): PlanView['entitlements'][number] {
  const feature = featureOf(family, entitlement.feature);
  const base = {
    feature: entitlement.feature,
    name: feature?.name ?? entitlement.feature,
    kind: entitlement.kind,
    unit: feature?.unit ?? null,
  };
  if (entitlement.kind === 'boolean' || entitlement.kind === 'config') {
    const enabled = entitlement.kind === 'boolean' ? entitlement.isEnabled : true;
    return { ...base, included: null, includedPerUnit: null, enabled, onLimit: null, overagePrice: null };
  }
  const { included } = entitlement;
  return {
    ...base,
    included: included.kind === 'limited' ? included.base : included.kind === 'custom' ? '0' : null,
    includedPerUnit: perUnitOf(included),
    enabled: null,
    onLimit: entitlement.onLimit,
    overagePrice: overagePriceOf(plan, entitlement.feature, currency),
  };
}

function perUnitOf(included: Extract<Entitlement, { kind: 'metered' }>['included']) {
  if (included.kind !== 'limited') return null;
  if (included.perClient !== undefined) return { unit: 'client', quantity: included.perClient };
  return included.perSeat === undefined ? null : { unit: 'user', quantity: included.perSeat };
}

function overagePriceOf(plan: PlanVersion, feature: string, currency: string | undefined): string | null {
  const component = plan.prices.find((price) => price.kind === 'usage' && price.feature === feature);
  const rate = component?.rates.find(({ price }) => currency === undefined || price.currency === currency);
  return rate === undefined ? null : unitPriceOf(rate.price);
}

function featureOf(family: ProductFamily, key: string) {
  return family.features.find((feature) => feature.key === key);
}
