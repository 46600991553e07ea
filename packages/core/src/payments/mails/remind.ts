import type { ProductFamily } from '../../catalog/product-family.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { hasStarted } from '../../subscriptions/subscription-status.ts';
import { cardExpiry } from '../methods/payment-method-view.ts';
import type { MirrorTx } from '../mirror.ports.ts';
import type { BillingAccount, CheckoutSessionRecord } from '../payments.ports.ts';
import { announce } from './announce.ts';
import { abandonedCheckoutMail, cardExpiringMail } from './payment-mails.ts';
import { planName } from './plan-name.ts';

export interface RemindDeps {
  unitOfWork: UnitOfWork<MirrorTx>;
  clock: Clock;
  families: readonly ProductFamily[];
  publicUrl: string;
}

/** An order counts as abandoned after a day; older than a week it is no longer brought up. */
export const abandonedAfterMs = 86_400_000;
export const forgottenAfterMs = 7 * 86_400_000;

/**
 * Mails that only the passing of time asks for: a trial that ends in three days, an order that was left a day ago, a
 * card that expires within 30 days or has expired. Each once, however often this runs.
 */
export async function remind(
  deps: RemindDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<void> {
  const { families, publicUrl } = deps;
  const now = deps.clock.now();
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const account = await tx.billingAccounts.find(organizationId);
    if (account === null || account.status === 'closed') return;
    await announce(tx, { account, organizationId, families, invoices: [], now });
    await remindOfCard(tx, { account, now, publicUrl });
    for (const checkout of await abandonedCheckouts(tx, organizationId, now)) {
      const url = orderAddress(publicUrl, account, checkout);
      const mail = abandonedCheckoutMail(
        { organizationName: account.name, timeZone: account.timeZone },
        { planName: planName(families, checkout), url },
      );
      const dedupeKey = `checkout_abandoned:${organizationId}:${checkout.id}`;
      const template = 'checkout_abandoned';
      await tx.mail.add({ organizationId, to: account.email, template, ...mail, dedupeKey, createdAt: now });
    }
  });
}

/** Only while something goes on that the card would have to pay for. */
async function remindOfCard(
  tx: MirrorTx,
  { account, now, publicUrl }: { account: BillingAccount; now: Date; publicUrl: string },
): Promise<void> {
  const { organizationId, slug, name, timeZone, email: to } = account;
  const card = (await tx.paymentMethods.list(organizationId)).find(({ isDefault }) => isDefault);
  const expiry = card === undefined ? 'valid' : cardExpiry(card, now);
  if (card === undefined || expiry === 'valid') return;
  const subscriptions = await tx.subscriptions.list(organizationId);
  if (!subscriptions.some(({ status, cancelAt }) => hasStarted(status) && cancelAt === null)) return;
  const url = `${publicUrl}/${slug}/billing/payment`;
  const mail = cardExpiringMail(
    { organizationName: name, timeZone },
    { last4: card.last4, hasExpired: expiry === 'expired', url },
  );
  const dedupeKey = `card_expiring:${organizationId}:${card.id}:${card.expYear}-${card.expMonth}:${expiry}`;
  await tx.mail.add({ organizationId, to, template: 'card_expiring', ...mail, dedupeKey, createdAt: now });
}

/** The latest unfinished order of each family that was not bought otherwise meanwhile. */
async function abandonedCheckouts(
  tx: MirrorTx,
  organizationId: OrganizationId,
  now: Date,
): Promise<CheckoutSessionRecord[]> {
  const since = new Date(now.getTime() - forgottenAfterMs);
  const sessions = await tx.checkoutSessions.listSince(organizationId, since);
  const subscriptions = await tx.subscriptions.list(organizationId);
  const isBought = (family: string) =>
    sessions.some((session) => session.family === family && session.status === 'complete') ||
    subscriptions.some((subscription) => subscription.family === family && hasStarted(subscription.status));
  const latest = new Map<string, CheckoutSessionRecord>();
  for (const session of sessions) {
    if (!latest.has(session.family)) latest.set(session.family, session);
  }
  return [...latest.values()].filter(
    ({ family, createdAt }) => !isBought(family) && now.getTime() - createdAt.getTime() >= abandonedAfterMs,
  );
}

/** The console opens a new session: Stripe's own page of the old one has expired. */
function orderAddress(
  publicUrl: string,
  { slug }: Pick<BillingAccount, 'slug'>,
  { family, plan, interval }: CheckoutSessionRecord,
): string {
  const query = new URLSearchParams({ organization: slug, family, plan, interval });
  return `${publicUrl}/checkout/start?${query.toString()}`;
}
