import { catalogInvalid } from './catalog.errors.ts';
import type { EntitlementInput } from './entitlement.ts';
import type { Plan, PlanVersion } from './plan.ts';
import { type ProductFamily, type ProductFamilyInput, productFamilySchema } from './product-family.ts';

/**
 * Validates one product family, fills in its defaults and freezes it. Throws CATALOG_INVALID naming every problem
 * at once, so that a catalogue is repaired in one round.
 */
export function defineFamily(input: ProductFamilyInput): ProductFamily {
  const parsed = productFamilySchema.safeParse(withFamilyDefaults(input));
  if (!parsed.success) {
    throw catalogInvalid(
      input.key,
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    );
  }
  const problems = [...namingProblems(parsed.data), ...parsed.data.plans.flatMap(planProblems(parsed.data))];
  if (problems.length > 0) throw catalogInvalid(input.key, problems);
  return deepFreeze(parsed.data);
}

/** The plan as it is published, or `undefined`. */
export function planVersionOf(family: ProductFamily, planKey: string): PlanVersion | undefined {
  const rank = family.plans.findIndex(({ key }) => key === planKey);
  const plan = family.plans[rank];
  return plan === undefined ? undefined : deepFreeze({ family: family.key, rank, ...plan });
}

/** The plan an organization is on without a subscription, or `undefined` when the family has none. */
export function freePlanOf(family: ProductFamily): PlanVersion | undefined {
  const free = family.plans.find(({ offer }) => offer === 'free');
  return free === undefined ? undefined : planVersionOf(family, free.key);
}

function withFamilyDefaults(input: ProductFamilyInput): ProductFamilyInput {
  const restricted = new Set(input.paymentFailure?.restrictedFeatures);
  const withDefaults = (entitlement: EntitlementInput): EntitlementInput => ({
    ...entitlement,
    onUnavailable: entitlement.onUnavailable ?? input.onUnavailable,
    isRestrictedWhenPastDue: entitlement.isRestrictedWhenPastDue ?? restricted.has(entitlement.feature),
  });
  return {
    ...input,
    plans: input.plans.map((plan) => ({ ...plan, entitlements: plan.entitlements.map(withDefaults) })),
  };
}

function namingProblems(family: ProductFamily): string[] {
  const meters = new Set(family.meters.map(({ key }) => key));
  const features = new Set(family.features.map(({ key }) => key));
  const lists = {
    meters: family.meters,
    features: family.features,
    addOns: family.addOns,
    plans: family.plans,
  };
  return [
    ...Object.entries(lists)
      .filter(([, list]) => new Set(list.map(({ key }) => key)).size !== list.length)
      .map(([name]) => `${name}: a key is used twice`),
    ...family.features
      .filter(({ key, kind }) => kind === 'metered' && !meters.has(key))
      .map(({ key }) => `features.${key}: a metered feature has the key of its meter`),
    ...family.meters
      .filter(({ key }) => !features.has(key))
      .map(({ key }) => `meters.${key}: has no feature`),
    ...family.paymentFailure.restrictedFeatures
      .filter((key) => !features.has(key))
      .map((key) => `paymentFailure.restrictedFeatures: ${key} is not a feature`),
    ...(family.plans.filter(({ offer }) => offer === 'free').length > 1 ? ['plans: two are free'] : []),
  ];
}

function planProblems(family: ProductFamily): (plan: Plan) => string[] {
  const features = new Map(family.features.map((feature) => [feature.key, feature]));
  const addOns = new Set(family.addOns.map(({ key }) => key));
  return (plan) => {
    const charged = new Set(plan.prices.flatMap((price) => (price.kind === 'usage' ? [price.feature] : [])));
    const granted = plan.entitlements.map(({ feature }) => feature);
    const problems = [
      ...(new Set(granted).size === granted.length ? [] : ['entitlements: a feature is granted twice']),
      ...(new Set(plan.prices.map(({ key }) => key)).size === plan.prices.length
        ? []
        : ['prices: a key is used twice']),
      ...(plan.offer === 'self_service' || plan.prices.length === 0
        ? []
        : ['prices: only plans sold by self-service have a price here']),
      ...plan.entitlements
        .filter(({ feature, kind }) => features.get(feature)?.kind !== kind)
        .map(({ feature }) => `entitlements.${feature}: the family has no such feature of this kind`),
      ...plan.entitlements
        .filter((grant) => 'onLimit' in grant && grant.onLimit === 'overage' && !charged.has(grant.feature))
        .map(({ feature }) => `entitlements.${feature}: overage needs a usage price`),
      ...plan.prices.flatMap((price) => {
        if (price.kind === 'addon')
          return addOns.has(price.addOn) ? [] : [`prices.${price.key}: unknown add-on`];
        if (price.kind === 'base' || granted.includes(price.feature)) return [];
        return [`prices.${price.key}: the plan does not grant ${price.feature}`];
      }),
      ...currencyProblems(plan),
    ];
    return problems.map((problem) => `plans.${plan.key}.${problem}`);
  };
}

/** A plan is sold in a currency only when everything it charges for has a price in it. */
function currencyProblems(plan: Plan): string[] {
  const listed = plan.prices.map(({ key, rates }) => ({
    key,
    currencies: [...new Set(rates.map(({ price }) => price.currency))].toSorted().join(' '),
  }));
  return listed
    .filter(({ currencies }) => currencies !== listed[0]?.currencies)
    .map(({ key }) => `prices.${key}: sold in other currencies than the rest of the plan`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
