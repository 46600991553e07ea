import { canInvoice } from '../../invoices/invoice-lifecycle.ts';
import type { InvoiceRecord } from '../../invoices/invoices.ports.ts';
import type { InvoiceView } from '../../invoices/invoices.schemas.ts';
import type { InvoiceReader } from '../../invoices/read/invoice-reader.ports.ts';
import { getInvoice, requireInvoice } from '../../invoices/read/read-invoices.ts';
import type { Actor } from '../../shared/actor.ts';
import { AppError } from '../../shared/app-error.ts';
import { authorize } from '../../shared/authorize.ts';
import type { InvoiceId, OrganizationId } from '../../shared/ids.ts';
import { type SyncDeps, syncFromStripe } from '../sync-organization.ts';

export type PayInvoiceDeps = SyncDeps & { invoiceReader: InvoiceReader };

export interface PayInvoiceRequest {
  actor: Actor;
  organizationId: OrganizationId;
  invoiceId: InvoiceId;
}

/**
 * Collects an open invoice from the default card now. An invoice that is paid already is answered as it is. The
 * mirror is brought up to date whatever the outcome, and with a payment the access comes back in the same
 * transaction (R13). The key names invoice and number of attempts, so a double click is one charge.
 * @throws NOT_FOUND, INVOICE_NOT_PAYABLE, PAYMENT_DECLINED, STRIPE_UNAVAILABLE
 */
export async function payInvoice(deps: PayInvoiceDeps, request: PayInvoiceRequest): Promise<InvoiceView> {
  const { actor, organizationId } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'billing:write' });
  const { invoice } = await requireInvoice(deps, request);
  if (invoice.status !== 'paid') {
    requirePayable(invoice);
    try {
      await deps.gateway.payInvoice({
        stripeInvoiceId: invoice.stripeInvoiceId,
        stripePaymentMethodId: null,
        idempotencyKey: await keyOf(deps, request, invoice),
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'PAYMENT_DECLINED') await sync(deps, request, invoice);
      throw error;
    }
    await deps.unitOfWork.run(organizationId, (tx) =>
      tx.audit.append({
        organizationId,
        actor,
        action: 'invoice.payment_requested',
        target: { kind: 'invoice', id: invoice.id },
        after: { number: invoice.number, amountMinor: invoice.amountRemainingMinor.toString() },
      }),
    );
    await sync(deps, request, invoice);
  }
  return getInvoice(deps, request);
}

/**
 * A refusal is remembered under its key, so another card needs another one: the card's id is part of it, beside the
 * number of attempts.
 */
async function keyOf(deps: PayInvoiceDeps, request: PayInvoiceRequest, invoice: InvoiceRecord) {
  const { organizationId } = request;
  const methods = await deps.unitOfWork.run(organizationId, (tx) => tx.paymentMethods.list(organizationId));
  const card = methods.find(({ isDefault }) => isDefault)?.id ?? 'none';
  return `invoice:${invoice.id}:pay:${invoice.attemptCount}:${card}`;
}

function sync(deps: PayInvoiceDeps, { actor, organizationId }: PayInvoiceRequest, invoice: InvoiceRecord) {
  const scope = { subscriptions: true, invoices: [invoice.stripeInvoiceId] };
  return syncFromStripe(deps, { actor, organizationId, scope });
}

function requirePayable(invoice: InvoiceRecord): void {
  const { allowed, reason } = canInvoice(invoice, 'pay');
  if (allowed) return;
  throw new AppError({
    code: 'INVOICE_NOT_PAYABLE',
    kind: 'conflict',
    message: `invoice ${invoice.id} is ${invoice.status}`,
    userMessage: reason ?? 'This invoice cannot be paid.',
    context: { status: invoice.status },
    exposeContext: true,
  });
}
