import type { OrganizationId } from '../shared/ids.ts';
import { tailoredTermsInvalid } from './catalog.errors.ts';
import { planVersionOf } from './define-family.ts';
import type { Entitlement, Included } from './entitlement.ts';
import { type PlanVersion, planVersionSchema } from './plan.ts';
import type { PriceComponentInput, PriceInterval } from './price-component.ts';
import type { ProductFamily } from './product-family.ts';

/** What is agreed with one organization about a feature with a quantity. */
export interface AgreedLimit {
  feature: string;
  /** null = unlimited. */
  limit: string | null;
  /** Major units for each unit beyond the limit (from the first one when unlimited); null = more is refused. */
  unitPrice: string | null;
}

export interface AgreedTerms {
  /** Key of the plan that is sold by hand. */
  plan: string;
  interval: PriceInterval;
  /** Of a full interval, in major units. */
  price: string;
  currency: string;
  limits: readonly AgreedLimit[];
}

/** Organization ids end in random digits; this many of them tell organizations apart for ever. */
const suffixLength = 12;
const tailoredPattern = /^(.+)-x[0-9a-f]{12}$/;

/** The key that no other organization's agreement has. */
export function tailoredPlanKey(plan: string, organizationId: OrganizationId): string {
  return `${plan}-x${organizationId.replaceAll('-', '').slice(-suffixLength)}`;
}

/** The plan of the catalogue that a plan was made from; the plan itself when it was not made to measure. */
export function basePlanKey(plan: string): string {
  return tailoredPattern.exec(plan)?.[1] ?? plan;
}

export function isTailored(plan: string): boolean {
  return tailoredPattern.test(plan);
}

/** Where a plan stands in its family; one made to measure stands where the plan it was made from does. */
export function rankIn(family: ProductFamily, plan: Pick<PlanVersion, 'key' | 'rank'>): number {
  const position = family.plans.findIndex(({ key }) => key === basePlanKey(plan.key));
  return position === -1 ? plan.rank : position;
}

/**
 * A version of a hand-sold plan with an organization's own price and limits. What is not agreed stays as the plan
 * says; what the plan leaves to an agreement has to be agreed.
 * @throws TAILORED_TERMS_INVALID naming every problem at once
 */
export function tailorPlan(
  family: ProductFamily,
  organizationId: OrganizationId,
  { terms, version }: { terms: AgreedTerms; version: number },
): PlanVersion {
  const base = planVersionOf(family, terms.plan);
  const problems = base === undefined ? [`there is no plan ${terms.plan}`] : problemsOf(base, terms);
  if (base === undefined || problems.length > 0) throw tailoredTermsInvalid(problems);
  const agreed = new Map(terms.limits.map((limit) => [limit.feature, limit]));
  const parsed = planVersionSchema.safeParse({
    ...base,
    key: tailoredPlanKey(base.key, organizationId),
    version,
    trialDays: 0,
    prices: pricesOf(base, terms),
    entitlements: base.entitlements.map((entitlement) => withAgreed(entitlement, agreed)),
  });
  if (parsed.success) return parsed.data;
  throw tailoredTermsInvalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
}

function problemsOf(base: PlanVersion, { limits }: AgreedTerms): string[] {
  const named = limits.map(({ feature }) => feature);
  const countable = base.entitlements.filter((entitlement) => 'included' in entitlement);
  return [
    ...(base.offer === 'contact_sales' ? [] : [`${base.name} is sold as it is`]),
    ...named
      .filter((feature) => countable.every((entitlement) => entitlement.feature !== feature))
      .map((feature) => `${feature} has no limit in ${base.name}`),
    ...(new Set(named).size === named.length ? [] : ['a limit is named twice']),
    ...countable
      .filter((entitlement) => entitlement.included.kind === 'custom' && !named.includes(entitlement.feature))
      .map(({ feature }) => `${feature} has to be agreed`),
    ...countable
      .filter(({ kind, feature }) => kind === 'allocated' && priceOf(limits, feature) !== null)
      .map(({ feature }) => `${feature} is a level and has no price per unit`),
  ];
}

function priceOf(limits: readonly AgreedLimit[], feature: string): string | null {
  return limits.find((limit) => limit.feature === feature)?.unitPrice ?? null;
}

function pricesOf(base: PlanVersion, terms: AgreedTerms): PriceComponentInput[] {
  const { currency, interval } = terms;
  const usage = terms.limits.flatMap(({ feature, unitPrice }): PriceComponentInput[] => {
    if (unitPrice === null) return [];
    const price = { model: 'per_unit' as const, currency, unitPrice };
    return [
      {
        kind: 'usage',
        key: feature,
        name: `${feature} beyond the agreed quantity`,
        feature,
        billing: 'invoice_item',
        rates: [{ interval: 'month', price }],
      },
    ];
  });
  const price = { model: 'flat' as const, currency, unitPrice: terms.price };
  return [{ kind: 'base', key: 'base', name: base.name, rates: [{ interval, price }] }, ...usage];
}

function withAgreed(entitlement: Entitlement, agreed: ReadonlyMap<string, AgreedLimit>): Entitlement {
  const terms = agreed.get(entitlement.feature);
  if (terms === undefined || !('included' in entitlement)) return entitlement;
  const included: Included =
    terms.limit === null ? { kind: 'unlimited' } : { kind: 'limited', base: terms.limit };
  return { ...entitlement, included, onLimit: terms.unitPrice === null ? 'block' : 'overage' };
}
