import type { Actor, OrganizationId } from '@metergate/core';
import { invoiceViewSchema } from '@metergate/core/invoices/invoices.schemas';
import { getInvoice } from '@metergate/core/invoices/read/read-invoices';
import { billUsage } from '@metergate/core/payments/bill-usage/bill-usage';
import { z } from 'zod';
import type { Container } from '../container.ts';
import { billUsageDeps } from './bill-usage-deps.ts';
import { invoiceDeps } from './invoice-deps.ts';

export const billedUsageSchema = z.object({
  /** The last one when several subscriptions had usage. */
  invoice: invoiceViewSchema.nullable(),
  /** Why there is none. */
  reason: z.enum(['no_subscription', 'nothing_to_bill', 'on_next_invoice']).optional(),
});
export type BilledUsageView = z.infer<typeof billedUsageSchema>;

/** Bills the usage so far that is rated here; what was billed already is not billed again. */
export async function billUsageSoFar(
  container: Container,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<BilledUsageView> {
  const request = { actor, organizationId, isCurrentIncluded: true };
  const { invoiceIds, reason } = await billUsage(billUsageDeps(container), request);
  const invoiceId = invoiceIds.at(-1);
  if (invoiceId === undefined) return { invoice: null, reason: reason ?? 'nothing_to_bill' };
  return { invoice: await getInvoice(invoiceDeps(container), { actor, organizationId, invoiceId }) };
}
