import { type Actor, requirePublicId } from '@metergate/core';
import { acceptQuote } from '@metergate/core/payments/change/accept-quote';
import type {
  OwnPricesView,
  ownPriceInputSchema,
} from '@metergate/core/payments/own-prices/own-price.schemas';
import { quotePricesNow } from '@metergate/core/payments/own-prices/quote-prices-now';
import { readOwnPrices } from '@metergate/core/payments/own-prices/read-own-prices';
import { endOwnPrice, setOwnPrice } from '@metergate/core/payments/own-prices/set-own-price';
import type { QuoteView } from '@metergate/core/subscriptions/subscriptions.schemas';
import type { z } from 'zod';
import { purchaseDeps } from '../billing/purchase-deps.ts';
import { toQuoteView } from '../billing/quote-view.ts';
import type { Container } from '../container.ts';
import { requireOrganization } from '../organizations/require-organization.ts';

interface Request {
  actor: Extract<Actor, { kind: 'staff' }>;
  organization: string;
}

export async function listOwnPrices(container: Container, request: Request): Promise<OwnPricesView> {
  const { id: organizationId } = await requireOrganization(container, request.organization);
  const { unitOfWork, clock, catalog } = container;
  const deps = { unitOfWork, clock, families: [...catalog.values()] };
  return readOwnPrices(deps, { actor: request.actor, organizationId });
}

/** @throws as setOwnPrice */
export async function agreeOwnPrice(
  container: Container,
  request: Request & z.output<typeof ownPriceInputSchema> & { reason: string },
): Promise<OwnPricesView> {
  const { actor, organization, unitPrice, reason, expiresAt, replaces, ...place } = request;
  const { id: organizationId } = await requireOrganization(container, organization);
  const wish = {
    place,
    unitPrice,
    reason,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    replaces: replaces === null ? null : requirePublicId('override', replaces),
  };
  await setOwnPrice(purchaseDeps(container), { actor, organizationId, wish });
  container.wake();
  return listOwnPrices(container, request);
}

/** @throws NOT_FOUND */
export async function endAgreedPrice(
  container: Container,
  request: Request & { id: string; reason: string },
): Promise<OwnPricesView> {
  const { actor, reason } = request;
  const { id: organizationId } = await requireOrganization(container, request.organization);
  const id = requirePublicId('override', request.id);
  await endOwnPrice(purchaseDeps(container), { actor, organizationId, id, reason });
  container.wake();
  return listOwnPrices(container, request);
}

/** What it costs or gives back to charge what is agreed from now on instead of from the next renewal on. */
export async function quoteAgreedPricesNow(
  container: Container,
  request: Request & { family: string },
): Promise<QuoteView> {
  const { actor, family } = request;
  const { id: organizationId } = await requireOrganization(container, request.organization);
  return toQuoteView(await quotePricesNow(purchaseDeps(container), { actor, organizationId, family }));
}

export async function applyPricesNow(
  container: Container,
  request: Request & { quoteId: string; reason: string },
): Promise<OwnPricesView> {
  const { actor, reason } = request;
  const { id: organizationId } = await requireOrganization(container, request.organization);
  const quoteId = requirePublicId('quote', request.quoteId);
  const { id } = await acceptQuote(purchaseDeps(container), { actor, organizationId, quoteId });
  await container.unitOfWork.run(organizationId, (tx) =>
    tx.audit.append({
      organizationId,
      actor,
      action: 'own_price.applied_now',
      target: { kind: 'subscription', id },
      reason,
    }),
  );
  return listOwnPrices(container, request);
}
