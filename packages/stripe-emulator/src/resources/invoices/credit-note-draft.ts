import { sumTaxes, totalOf } from '../../billing/amounts/taxes.ts';
import type { Call } from '../../server/router.ts';
import { blankCreditNote } from '../../shapes/invoices.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import type { Row } from '../../store/rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { wholeList } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { customerNow } from '../../world.ts';
import { requireInvoice } from '../find.ts';
import { type CreditLine, readLines } from './credit-note-lines.ts';

/** What a credit note would be; creating one also moves the money. */
export function draftNote({ world, params }: Call): { note: Row; invoice: InvoiceRow; total: number } {
  const invoice = requireInvoice(world, params.requireText('invoice'), 'invoice');
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw invalidRequest('Credit notes need a finalized invoice that is open or paid.', 'invoice');
  }
  const lines = readLines(world, params, invoice);
  const sums = sumsOf(lines);
  const { total } = sums;
  const credited = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount;
  const available = invoice.status === 'open' ? invoice.amount_remaining : invoice.total - credited;
  if (total < 1 || total > available) {
    throw invalidRequest(
      `The sum of credit amount, refund amount and out of band amount (${total}) must be at most ${available}.`,
      'amount',
    );
  }
  const id = newId('cn');
  const isOpen = invoice.status === 'open';
  const existing = world.store.all('credit_note').filter((row) => row.invoice === invoice.id).length;
  const note: Row = {
    ...blankCreditNote,
    ...sums,
    id,
    amount: total,
    amount_shipping: 0,
    created: customerNow(world, invoice.customer),
    currency: invoice.currency,
    customer: invoice.customer,
    effective_at: customerNow(world, invoice.customer),
    invoice: invoice.id,
    lines: wholeList(lines, `/v1/credit_notes/${id}/lines`),
    memo: params.textOrNull('memo'),
    metadata: mergeMetadata({}, params),
    number: `${invoice.number ?? ''}-CN-${String(existing + 1).padStart(2, '0')}`,
    out_of_band_amount: params.integer('out_of_band_amount') ?? null,
    pdf: `${world.url}/i/acct_emulator/${invoice._hostedKey}/pdf`,
    post_payment_amount: isOpen ? 0 : total,
    pre_payment_amount: isOpen ? total : 0,
    reason: params.textOrNull('reason'),
    refunds: [],
    status: 'issued',
    type: isOpen ? 'pre_payment' : 'post_payment',
  };
  return { note, invoice, total };
}

/** A note sums its lines: discounts off, taxes that come on top added. */
function sumsOf(lines: CreditLine[]) {
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const discount = lines.reduce((sum, line) => sum + line.discount_amount, 0);
  const taxes = sumTaxes(lines.flatMap((line) => line.taxes));
  const total = subtotal - discount + totalOf(taxes, 'exclusive');
  const discounts = new Map<string, number>();
  for (const part of lines.flatMap((line) => line.discount_amounts))
    discounts.set(part.discount, (discounts.get(part.discount) ?? 0) + part.amount);
  return {
    discount_amount: discount,
    discount_amounts: [...discounts].map(([id, amount]) => ({ discount: id, amount })),
    subtotal,
    subtotal_excluding_tax: subtotal - totalOf(taxes, 'inclusive'),
    total,
    total_excluding_tax: total - totalOf(taxes),
    total_taxes: taxes,
  };
}
