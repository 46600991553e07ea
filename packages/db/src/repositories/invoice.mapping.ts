import { asId } from '@metergate/core';
import type {
  CreditNoteRecord,
  InvoiceEventRecord,
  InvoiceLineRecord,
  InvoiceRecord,
} from '@metergate/core/invoices/invoices.ports';
import { invoiceStatusSchema } from '@metergate/core/invoices/invoices.schemas';
import {
  creditNoteStatusSchema,
  eventDetailSchema,
  invoiceEventKindSchema,
  invoiceFailureSchema,
} from '@metergate/core/payments/stored-values.schemas';
import {
  type CreditNote,
  type Invoice,
  type InvoiceEvent,
  type InvoiceLine,
  Prisma,
} from '../generated/client.ts';

export function invoiceFromRow({ organizationId, ...row }: Invoice): InvoiceRecord {
  return {
    ...row,
    id: asId('invoice', row.id),
    status: invoiceStatusSchema.parse(row.status),
    subscriptionId: row.subscriptionId === null ? null : asId('subscription', row.subscriptionId),
    lastFailure: invoiceFailureSchema.parse(row.lastFailure),
  };
}

export function invoiceToRow(organizationId: string, { lastFailure, ...invoice }: InvoiceRecord) {
  return { ...invoice, organizationId, lastFailure: lastFailure ?? Prisma.DbNull };
}

export function lineFromRow({ organizationId, invoiceId, ...row }: InvoiceLine): InvoiceLineRecord {
  return {
    ...row,
    id: asId('invoiceLine', row.id),
    quantity: row.quantity === null ? null : row.quantity.toFixed(),
  };
}

export function lineToRow(
  organizationId: string,
  invoiceId: string,
  { explanation, ...line }: InvoiceLineRecord,
): Prisma.InvoiceLineUncheckedCreateInput {
  const json = explanation === null || explanation === undefined ? Prisma.DbNull : toJson(explanation);
  return { ...line, organizationId, invoiceId, explanation: json };
}

export function eventFromRow({ id, at, kind, detail }: InvoiceEvent): InvoiceEventRecord {
  return {
    id,
    at,
    kind: invoiceEventKindSchema.parse(kind),
    detail: eventDetailSchema.parse(detail ?? {}),
  };
}

export function creditNoteFromRow({ organizationId, ...row }: CreditNote): CreditNoteRecord {
  return {
    ...row,
    id: asId('creditNote', row.id),
    invoiceId: asId('invoice', row.invoiceId),
    number: row.number ?? '',
    status: creditNoteStatusSchema.parse(row.status),
  };
}

/** Prisma's JSON type has no `unknown`; what goes through a JSON text is JSON. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
}
