import type { InvoiceLineRecord } from '../../invoices/invoices.ports.ts';
import type { InvoiceDetails } from '../../invoices/read/invoice-reader.ports.ts';
import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { BillUsageTx } from '../bill-usage/bill-usage.ports.ts';
import {
  type LineExplanationView,
  ratingExplanationSchema,
  type StoredRating,
} from './explanation.schemas.ts';

export interface BilledLine {
  /** null = nobody here has rated the line. */
  rating: StoredRating | null;
  steps: LineExplanationView['steps'];
}

/** How a line of usage was rated, and every time the usage of its period was billed. */
export async function billedLine(
  tx: Pick<BillUsageTx, 'billedUsage'>,
  organizationId: OrganizationId,
  { invoice, line }: { invoice: InvoiceDetails['invoice']; line: InvoiceLineRecord },
): Promise<BilledLine> {
  const { stripeInvoiceId } = invoice;
  const { priceKey, periodStart, description } = line;
  const own = await tx.billedUsage.findOfLine(organizationId, {
    priceKey: priceKey ?? '',
    periodStart,
    description,
    stripeInvoiceId,
  });
  const parsed = ratingExplanationSchema.safeParse(line.explanation ?? own?.explanation);
  const rating = parsed.success ? parsed.data : null;
  if (own === null) return { rating, steps: [] };
  const billings = await tx.billedUsage.list(organizationId, own);
  const invoices = await tx.billedUsage.invoicesOf(organizationId, own);
  const steps = billings.map(({ id, kind, quantity, amountMinor, currency }) => {
    const on = invoices.get(id);
    return {
      kind,
      quantity,
      amountMinor: amountMinor.toString(),
      currency,
      invoice: on === undefined ? null : { id: toPublicId('invoice', on.id), number: on.number },
      isThisLine: id === own.id,
    };
  });
  return { rating, steps };
}
