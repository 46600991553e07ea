import { seatFeaturesOf } from '../../catalog/plan.ts';
import { changeAutoBuy } from '../../organizations/set-auto-buy-seats.ts';
import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import { unitsRoundedUp } from '../../shared/money/quantity.ts';
import type { SubscriptionRecord } from '../../subscriptions/subscriptions.ports.ts';
import { acceptQuote } from '../change/accept-quote.ts';
import { quoteChange } from '../change/quote-change.ts';
import type { QuoteRecord } from '../change/quotes.ports.ts';
import { planName } from '../mails/plan-name.ts';
import type { PurchaseDeps, PurchaseTx } from '../purchase/purchase.ports.ts';
import { autoBuyStoppedMail, seatsBoughtMail } from './seat-mails.ts';

const actor: Actor = { kind: 'job', name: 'buy-seats' };

interface MissingSeats {
  subscription: SubscriptionRecord;
  bought: number;
  needed: number;
  max: number;
}

export type SeatsOutcome = 'bought' | 'stopped' | 'later' | 'nothing';

/**
 * Buys the seats that people take beyond those bought, up to what the owner agreed to. It looks at the level and not at
 * who came, so any number of people since the last look is one change and one charge, and a second look finds nothing
 * to buy. The charge is a quote that is accepted, as when a person buys; what can never be bought (a declined card, a
 * subscription that ends) ends the consent and says so by mail, instead of being tried again and again.
 */
export async function buyMissingSeats(
  deps: PurchaseDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<SeatsOutcome> {
  const missing = await deps.unitOfWork.run(organizationId, (tx) => findMissing(tx, organizationId));
  let outcome: SeatsOutcome = 'nothing';
  for (const seats of missing) outcome = await buyOrStop(deps, organizationId, seats);
  return outcome;
}

async function findMissing(tx: PurchaseTx, organizationId: OrganizationId): Promise<MissingSeats[]> {
  const max = (await tx.organizations.find(organizationId))?.autoBuySeatsMax ?? null;
  if (max === null) return [];
  const levels = await tx.levels.levels(organizationId);
  const missing: MissingSeats[] = [];
  for (const subscription of await tx.subscriptions.list(organizationId)) {
    if (!mayBuyMore(subscription)) continue;
    const { family, plan, planVersion, items } = subscription;
    const version = await tx.planVersions.find(family, plan, planVersion);
    const seat = items.find(({ kind }) => kind === 'seat');
    if (version === null || seat === undefined) continue;
    const taken = seatFeaturesOf(version).map((feature) =>
      Number(unitsRoundedUp(levels.get(feature) ?? '0', '1')),
    );
    const bought = Number(seat.quantity ?? '0');
    const needed = Math.min(max, Math.max(0, ...taken));
    if (needed > bought) missing.push({ subscription, bought, needed, max });
  }
  return missing;
}

/** The same subscriptions whose seats may be taken before they are bought. */
function mayBuyMore({ status, access, cancelAt, collectionPause }: SubscriptionRecord): boolean {
  if (cancelAt !== null || collectionPause !== null) return false;
  return (status === 'active' || status === 'trialing') && access === 'full';
}

async function buyOrStop(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  seats: MissingSeats,
): Promise<SeatsOutcome> {
  const wish = { family: seats.subscription.family, quantity: String(seats.needed), at: 'now' as const };
  try {
    const quote = await quoteChange(deps, { actor, organizationId, wish });
    await acceptQuote(deps, { actor, organizationId, quoteId: quote.id });
    await tellBought(deps, organizationId, { quote, ...seats });
    return 'bought';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (overtaken.has(error.code)) return 'nothing';
    if (error.retriable || error.kind === 'unavailable') return 'later';
    await stop(deps, organizationId, error);
    return 'stopped';
  }
}

/** Somebody else bought or changed something between the quote and its acceptance; the next look sees it. */
const overtaken: ReadonlySet<string> = new Set([
  'CHANGE_IS_NOTHING',
  'QUOTE_CHANGED',
  'QUOTE_EXPIRED',
  'PURCHASE_IN_PROGRESS',
  'SUBSCRIPTION_NOT_FOUND',
]);

async function tellBought(
  deps: PurchaseDeps,
  organizationId: OrganizationId,
  bought: MissingSeats & { quote: QuoteRecord },
): Promise<void> {
  const { quote, subscription, needed, max } = bought;
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const account = await tx.billingAccounts.find(organizationId);
    if (account === null) return;
    const mail = seatsBoughtMail(
      { organizationName: account.name, timeZone: account.timeZone },
      {
        planName: planName(deps.families, subscription),
        added: needed - bought.bought,
        seats: needed,
        max,
        dueNowMinor: quote.dueNowMinor,
        currency: quote.currency,
        next: quote.outcome.nextInvoice,
        url: seatsAddress(deps, account.slug),
      },
    );
    await tx.mail.add({
      organizationId,
      to: account.email,
      template: 'seats_bought',
      ...mail,
      dedupeKey: `seats_bought:${organizationId}:${quote.id}`,
      createdAt: deps.clock.now(),
    });
  });
}

async function stop(deps: PurchaseDeps, organizationId: OrganizationId, cause: AppError): Promise<void> {
  const at = deps.clock.now();
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const account = await tx.billingAccounts.lock(organizationId);
    const max = (await tx.organizations.find(organizationId))?.autoBuySeatsMax ?? null;
    if (max === null) return;
    await changeAutoBuy(tx, { actor, organizationId, max: null, at, reason: cause.code });
    const mail = autoBuyStoppedMail(
      { organizationName: account.name, timeZone: account.timeZone },
      { why: cause.userMessage, url: seatsAddress(deps, account.slug) },
    );
    await tx.mail.add({
      organizationId,
      to: account.email,
      template: 'seats_auto_buy_stopped',
      ...mail,
      dedupeKey: `seats_auto_buy_stopped:${organizationId}:${at.toISOString()}`,
      createdAt: at,
    });
  });
}

function seatsAddress({ publicUrl }: PurchaseDeps, slug: string): string {
  return `${publicUrl}/${slug}/billing/seats`;
}
