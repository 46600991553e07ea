import { unitPriceOf } from '../../catalog/own-price.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { notFound, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import type { PurchaseTx } from '../purchase/purchase.ports.ts';
import { itemPriceOf } from './item-price.ts';
import type { AgreementView, OwnPricesView, OwnPriceView } from './own-price.schemas.ts';
import { isSamePlace, type OwnPrice, ownPriceAt, placeOfKey } from './own-price.ts';
import type { Agreement, AgreementHistory } from './own-prices.ports.ts';
import { isOpenAt, placeOf, plansInReach, type SellablePrice, sellablePrices } from './sellable-price.ts';

interface Deps {
  unitOfWork: UnitOfWork<PurchaseTx & { agreements: AgreementHistory }>;
  clock: Clock;
  families: readonly ProductFamily[];
}

/** Every fee, seat and add-on that an organization pays or could buy, at the plan's price and at its own. */
export async function readOwnPrices(
  { unitOfWork, clock, families }: Deps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<OwnPricesView> {
  authorize(actor, { staff: 'support' });
  const now = clock.now();
  return unitOfWork.run(organizationId, async (tx) => {
    const organization = await tx.organizations.find(organizationId);
    if (organization === undefined) throw notFound('organization');
    const own = await tx.ownPrices.list(organizationId);
    const prices = (await plansInReach(tx, families, organizationId)).flatMap((reach) =>
      sellablePrices(reach, organization.currency).map((price) =>
        priceView(price, { own, now, subscription: reach.subscription }),
      ),
    );
    const history = (await tx.agreements.list(organizationId)).map(agreementView);
    return { prices, history };
  });
}

function priceView(
  price: SellablePrice,
  facts: { own: readonly OwnPrice[]; now: Date; subscription: SubscriptionRecord | null },
): OwnPriceView {
  const { own, now, subscription } = facts;
  const place = placeOf(price);
  const open = own.findLast((one) => isSamePlace(one, place) && isOpenAt(one, now)) ?? null;
  const planPrice = unitPriceOf(price.price) ?? '0';
  const { component } = price;
  return {
    ...place,
    planName: price.plan.name,
    name: component.name,
    kind: component.kind === 'usage' ? 'addon' : component.kind,
    planPrice,
    own: open === null ? null : ownView(open),
    running: subscription === null ? null : runningView(price, { ...facts, subscription, planPrice }),
  };
}

function ownView({ id, unitPrice, reason, createdBy, createdAt, expiresAt }: OwnPrice): OwnPriceView['own'] {
  return {
    id: toPublicId('override', id),
    unitPrice,
    reason,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

function runningView(
  price: SellablePrice,
  facts: { own: readonly OwnPrice[]; now: Date; subscription: SubscriptionRecord; planPrice: string },
): OwnPriceView['running'] {
  const { own, now, subscription, planPrice } = facts;
  const place = placeOf(price);
  const item = subscription.items.find(({ priceKey }) => {
    const held = placeOfKey(priceKey);
    return held !== null && isSamePlace(held, place);
  });
  if (item === undefined) return null;
  const charged = itemPriceOf(price.plan, item);
  if (charged === null) return null;
  return {
    unitPrice: charged.unitPrice,
    nextUnitPrice: charged.nextUnitPrice,
    renewsAt: subscription.currentPeriodEnd.toISOString(),
    isDifferent: (ownPriceAt(own, place, now)?.unitPrice ?? planPrice) !== charged.unitPrice,
  };
}

function agreementView({ id, createdAt, expiresAt, endedAt, ...agreement }: Agreement): AgreementView {
  return {
    ...agreement,
    id: toPublicId('override', id),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}
