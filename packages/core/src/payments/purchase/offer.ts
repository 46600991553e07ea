import { familyUnknown } from '../../catalog/catalog.errors.ts';
import { planVersionOf } from '../../catalog/define-family.ts';
import { currenciesOf, intervalsOf, type PlanVersion } from '../../catalog/plan.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import { basePlanKey, isTailored, tailoredPlanKey } from '../../catalog/tailored-plan.ts';
import type { Actor } from '../../shared/actor.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { BillingInterval } from '../../subscriptions/subscription-snapshot.ts';
import {
  currencyNotOffered,
  intervalNotOffered,
  planIsFree,
  planNotSelfService,
  planUnknown,
  quantityRefused,
} from './purchase.errors.ts';
import type { PurchaseDeps, PurchaseTx } from './purchase.ports.ts';

/** What somebody wants to buy, checked against the catalogue. */
export interface Offer {
  family: ProductFamily;
  plan: PlanVersion;
  interval: BillingInterval;
  currency: string;
  /** Seats or clients asked for; null = take what is counted. */
  quantity: number | null;
}

const quantityMax = 100_000;

export interface OfferTerms {
  /** Of the organization. */
  currency: string;
  /** Its own plan made to measure, when that is wished for. */
  tailored?: PlanVersion | null;
}

/**
 * Finds the newest version of a plan and checks interval, currency and quantity. Prices come from the catalogue,
 * never from the request.
 * @throws FAMILY_UNKNOWN, PLAN_UNKNOWN, PLAN_NOT_SELF_SERVICE, PLAN_IS_FREE, INTERVAL_NOT_OFFERED,
 * CURRENCY_NOT_OFFERED, PURCHASE_QUANTITY_INVALID
 */
export function resolveOffer(
  catalog: { families: readonly ProductFamily[]; salesEmail: string },
  wish: {
    family: string;
    plan: string;
    interval?: BillingInterval | undefined;
    quantity?: string | undefined;
  },
  { currency, tailored }: OfferTerms,
): Offer {
  const family = requireFamily(catalog.families, wish.family);
  const plan = tailored?.key === wish.plan ? tailored : planVersionOf(family, wish.plan);
  if (plan === undefined) throw planUnknown(wish.family, wish.plan);
  if (plan.offer === 'contact_sales' && plan !== tailored) throw planNotSelfService(catalog.salesEmail);
  if (plan.offer === 'free') throw planIsFree();
  const interval = wish.interval ?? 'month';
  if (!intervalsOf(plan).includes(interval)) throw intervalNotOffered(interval);
  if (!currenciesOf(plan).includes(currency)) throw currencyNotOffered(currency);
  return { family, plan, interval, currency, quantity: parseWantedQuantity(wish.quantity) };
}

/**
 * The newest version of the organization's own plan when the wish names it: only staff sell it, and a key of another
 * organization is as unknown as one that never was.
 * @throws PLAN_NOT_SELF_SERVICE
 */
export async function findTailored(
  deps: Pick<PurchaseDeps, 'salesEmail'>,
  tx: Pick<PurchaseTx, 'planVersions'>,
  asked: { actor: Actor; organizationId: OrganizationId; family: string; plan: string },
): Promise<PlanVersion | null> {
  const { actor, organizationId, family, plan } = asked;
  if (!isTailored(plan) || tailoredPlanKey(basePlanKey(plan), organizationId) !== plan) return null;
  if (actor.kind !== 'staff') throw planNotSelfService(deps.salesEmail);
  return tx.planVersions.findNewest(family, plan);
}

/**
 * A family that an organization does not see is as unknown to it as one that never was; staff may sell it.
 * @throws FAMILY_UNKNOWN
 */
export async function requireVisible(
  tx: Pick<PurchaseTx, 'organizations'>,
  { actor, organizationId, family }: { actor: Actor; organizationId: OrganizationId; family: string },
): Promise<void> {
  const organization = await tx.organizations.find(organizationId);
  const isVisible = organization?.families?.includes(family) ?? true;
  if (!isVisible && actor.kind !== 'staff') throw familyUnknown(family);
}

export function requireFamily(families: readonly ProductFamily[], key: string): ProductFamily {
  const family = families.find((candidate) => candidate.key === key);
  if (family === undefined) throw familyUnknown(key);
  return family;
}

/** Whole and positive: seats and clients are not divisible. */
export function parseWantedQuantity(quantity: string | undefined): number | null {
  if (quantity === undefined) return null;
  if (!/^[1-9]\d{0,5}$/.test(quantity)) throw quantityRefused('not a whole number');
  const wanted = Number(quantity);
  if (wanted > quantityMax) throw quantityRefused(`more than ${quantityMax}`);
  return wanted;
}
