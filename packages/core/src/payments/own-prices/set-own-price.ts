import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import { asId, type Id, notFound, type OrganizationId } from '../../shared/ids.ts';
import { currencyExponent } from '../../shared/money/currency.ts';
import { compare, rational, rationalFromDecimal } from '../../shared/money/rational.ts';
import { parseUnitPrice, toMinorUnits, type UnitPrice } from '../../shared/money/unit-price.ts';
import { overrideExpiryPassed } from '../../shared/override.errors.ts';
import { planUnknown } from '../purchase/purchase.errors.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { alignmentAfter } from './alignment-message.ts';
import {
  ownPriceChanged,
  ownPriceNotPossible,
  ownPriceTooFine,
  ownPriceTooLarge,
} from './own-price.errors.ts';
import { isSamePlace, type OwnPrice, type PricePlace } from './own-price.ts';
import { isOpenAt, placeOf, plansInReach, type SellablePrice, sellablePrices } from './sellable-price.ts';

type Deps = Pick<PurchaseDeps, 'unitOfWork' | 'clock' | 'ids' | 'families'>;
type Staff = Extract<Actor, { kind: 'staff' }>;

export interface OwnPriceWish {
  place: PricePlace;
  /** Major units. */
  unitPrice: string;
  reason: string;
  expiresAt: Date | null;
  /** The own price that was seen when this was decided; null = none was there. */
  replaces: Id<'override'> | null;
}

/** Stripe takes amounts of at most eight digits of the smallest unit. */
const minorMax = 99_999_999n;

/**
 * Agrees on an organization's own price of a base fee, a seat or an add-on: for what it buys from now on, and for what
 * it has from its next renewal on. The same again changes nothing; whoever decided on an older state is refused.
 * @throws PLAN_UNKNOWN, OWN_PRICE_NOT_POSSIBLE, OWN_PRICE_TOO_FINE, OWN_PRICE_TOO_LARGE, OWN_PRICE_CHANGED,
 * OVERRIDE_EXPIRY_PASSED
 */
export async function setOwnPrice(
  deps: Deps,
  request: { actor: Staff; organizationId: OrganizationId; wish: OwnPriceWish },
): Promise<OwnPrice> {
  const { actor, organizationId, wish } = request;
  authorize(actor, { staff: 'billing_ops' });
  const now = deps.clock.now();
  if (wish.expiresAt !== null && wish.expiresAt <= now) throw overrideExpiryPassed();
  const unitPrice = parseUnitPrice(wish.unitPrice);
  return deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    const place = placeOf(await requireSellable(deps, tx, { organizationId, place: wish.place, unitPrice }));
    const open = await findOpen(tx, organizationId, { place, at: now });
    if (open !== null && isSameTerms(open, { ...wish, unitPrice })) return open;
    if ((open?.id ?? null) !== wish.replaces) throw ownPriceChanged(open?.unitPrice ?? null);
    const own: OwnPrice = {
      ...place,
      id: asId('override', deps.ids.next()),
      unitPrice,
      reason: wish.reason,
      createdBy: actor.email,
      createdAt: now,
      expiresAt: wish.expiresAt,
      endedAt: null,
    };
    await closeAll(tx, organizationId, { place, at: now });
    await tx.ownPrices.insert(organizationId, own);
    await note(tx, { organizationId, actor, before: open, after: own, reason: wish.reason });
    return own;
  });
}

/** Returns the organization to the catalogue's price, from its next renewal on. @throws NOT_FOUND */
export async function endOwnPrice(
  deps: Deps,
  request: { actor: Staff; organizationId: OrganizationId; id: Id<'override'>; reason: string },
): Promise<void> {
  const { actor, organizationId, id, reason } = request;
  authorize(actor, { staff: 'billing_ops' });
  const now = deps.clock.now();
  await deps.unitOfWork.run(organizationId, async (tx) => {
    await tx.billingAccounts.lock(organizationId);
    const before = (await tx.ownPrices.list(organizationId)).find((own) => own.id === id);
    if (before === undefined || !isOpenAt(before, now)) throw notFound('override');
    await tx.ownPrices.end(organizationId, id, now);
    await note(tx, { organizationId, actor, before, after: null, reason });
  });
}

async function requireSellable(
  { families }: Deps,
  tx: PurchaseTx,
  asked: { organizationId: OrganizationId; place: PricePlace; unitPrice: UnitPrice },
): Promise<SellablePrice> {
  const { organizationId, place, unitPrice } = asked;
  const inReach = await plansInReach(tx, families, organizationId);
  const found = inReach.find(({ family, plan }) => family.key === place.family && plan.key === place.plan);
  if (found === undefined) throw planUnknown(place.family, place.plan);
  const organization = await tx.organizations.find(organizationId);
  if (organization?.currency !== place.currency) {
    throw ownPriceNotPossible(`This organization pays in ${organization?.currency ?? 'no currency'}`);
  }
  const price = sellablePrices(found, place.currency).find((one) => isSamePlace(placeOf(one), place));
  if (price === undefined) {
    throw ownPriceNotPossible('The plan has no fee, seat or add-on with one price at this place');
  }
  requireChargeable(price, unitPrice);
  return price;
}

/** A fee is bought once, so what is finer than the currency would never be paid; seats add their fractions up. */
function requireChargeable({ component, price }: SellablePrice, unitPrice: UnitPrice): void {
  const decimals = unitPrice.split('.')[1]?.length ?? 0;
  if (component.kind === 'base' && decimals > currencyExponent(price.currency)) {
    throw ownPriceTooFine(price.currency);
  }
  const minor = toMinorUnits(rationalFromDecimal(unitPrice), price.currency);
  if (compare(minor, rational(minorMax)) > 0) throw ownPriceTooLarge();
}

async function findOpen(
  tx: PurchaseTx,
  organizationId: OrganizationId,
  { place, at }: { place: PricePlace; at: Date },
): Promise<OwnPrice | null> {
  const all = await tx.ownPrices.list(organizationId);
  return all.findLast((own) => isSamePlace(own, place) && isOpenAt(own, at)) ?? null;
}

/** Also those whose date has come and that nobody has closed yet: one place has one open row. */
async function closeAll(
  tx: PurchaseTx,
  organizationId: OrganizationId,
  { place, at }: { place: PricePlace; at: Date },
): Promise<void> {
  const all = await tx.ownPrices.list(organizationId);
  for (const own of all.filter((one) => isSamePlace(one, place) && one.endedAt === null)) {
    const expired = own.expiresAt !== null && own.expiresAt < at ? own.expiresAt : at;
    await tx.ownPrices.end(organizationId, own.id, expired);
  }
}

function isSameTerms(
  open: OwnPrice,
  wish: Pick<OwnPriceWish, 'unitPrice' | 'reason' | 'expiresAt'>,
): boolean {
  return (
    open.unitPrice === wish.unitPrice &&
    open.reason === wish.reason &&
    open.expiresAt?.getTime() === wish.expiresAt?.getTime()
  );
}

/** The audit row, and the message that brings Stripe in line, commit with the agreement. */
async function note(
  tx: PurchaseTx,
  change: {
    organizationId: OrganizationId;
    actor: Staff;
    before: OwnPrice | null;
    after: OwnPrice | null;
    reason: string;
  },
): Promise<void> {
  const { organizationId, actor, before, after, reason } = change;
  const id = after?.id ?? before?.id ?? '';
  const done = after === null ? 'ended' : 'set';
  await tx.audit.append({
    organizationId,
    actor,
    action: `own_price.${done}`,
    target: { kind: 'override', id },
    reason,
    before: content(before),
    after: content(after),
  });
  await tx.outbox.add(alignmentAfter(organizationId, `${id}:${done}`));
}

function content(own: OwnPrice | null) {
  if (own === null) return undefined;
  const { family, plan, component, interval, currency, unitPrice, expiresAt } = own;
  return { family, plan, component, interval, currency, unitPrice, expiresAt };
}
