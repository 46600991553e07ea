import type { Actor } from '../../shared/actor.ts';
import type { AuditLog } from '../../shared/audit.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import { notFound, type OrganizationId } from '../../shared/ids.ts';
import type { Outbox, UnitOfWork } from '../../shared/unit-of-work.ts';
import type { BillingAccountRepository } from '../payments.ports.ts';
import type { BillingDetails, BillingDetailsRepository } from './details.ports.ts';
import type { BillingDetailsInput, BillingDetailsView } from './details.schemas.ts';

export interface DetailsTx {
  billingAccounts: BillingAccountRepository;
  billingDetails: BillingDetailsRepository;
  outbox: Outbox;
  audit: AuditLog;
}

/** What documents say now; without details of its own the organization's name and e-mail. @throws NOT_FOUND */
export async function readBillingDetails(
  { unitOfWork }: { unitOfWork: UnitOfWork<Pick<DetailsTx, 'billingAccounts' | 'billingDetails'>> },
  { organizationId }: { organizationId: OrganizationId },
): Promise<BillingDetailsView> {
  return unitOfWork.run(organizationId, async (tx) => {
    const account = await tx.billingAccounts.find(organizationId);
    if (account === null) throw notFound('organization');
    const details = await tx.billingDetails.find(organizationId);
    if (details !== null) return toDetailsView(details);
    const { name: legalName, email } = account;
    return { legalName, email, address: null, taxId: null, changedAt: null };
  });
}

/**
 * Changes who is billed and tells Stripe's customer by the outbox; invoices that are final keep what they said.
 * The same details again change nothing. @throws NOT_FOUND
 */
export async function changeBillingDetails(
  { clock, unitOfWork }: { clock: Clock; unitOfWork: UnitOfWork<DetailsTx> },
  request: { actor: Actor; organizationId: OrganizationId; input: BillingDetailsInput },
): Promise<BillingDetailsView> {
  const { actor, organizationId, input } = request;
  authorize(actor, { members: ['owner'] });
  return unitOfWork.run(organizationId, async (tx) => {
    const { stripeCustomerId } = await tx.billingAccounts.lock(organizationId);
    const before = await tx.billingDetails.find(organizationId);
    if (before !== null && isSame(before, input)) return toDetailsView(before);
    const details = { ...input, revision: (before?.revision ?? 0) + 1, changedAt: clock.now() };
    await tx.billingDetails.save(organizationId, details);
    if (stripeCustomerId !== null) await tellStripe(tx, { organizationId, stripeCustomerId, details });
    await tx.audit.append({
      organizationId,
      actor,
      action: 'billing_details.changed',
      target: { kind: 'organization', id: organizationId },
      before: before === null ? null : contentOf(before),
      after: contentOf(input),
    });
    return toDetailsView(details);
  });
}

/** The whole of the details, so that the last message wins whatever an earlier one met. */
export async function tellStripe(
  { outbox }: Pick<DetailsTx, 'outbox'>,
  fact: { organizationId: OrganizationId; stripeCustomerId: string; details: BillingDetails },
): Promise<void> {
  const { organizationId, stripeCustomerId, details } = fact;
  await outbox.add({
    organizationId,
    kind: 'stripe.customer.update',
    payload: { stripeCustomerId, ...contentOf(details) },
    idempotencyKey: `billing_details:${organizationId}:${stripeCustomerId}:${details.revision}`,
  });
}

function toDetailsView(details: BillingDetails): BillingDetailsView {
  return { ...contentOf(details), changedAt: details.changedAt.toISOString() };
}

function contentOf({ legalName, email, address, taxId }: BillingDetailsInput): BillingDetailsInput {
  return { legalName, email, address, taxId };
}

function isSame(left: BillingDetailsInput, right: BillingDetailsInput): boolean {
  const [a, b] = [contentOf(left), contentOf(right)];
  return (
    a.legalName === b.legalName &&
    a.email === b.email &&
    a.taxId?.kind === b.taxId?.kind &&
    a.taxId?.value === b.taxId?.value &&
    addressText(a.address) === addressText(b.address)
  );
}

function addressText(address: BillingDetailsInput['address']): string {
  if (address === null) return '';
  const { line1, line2, postalCode, city, region, country } = address;
  return [line1, line2, postalCode, city, region, country].join('\n');
}
