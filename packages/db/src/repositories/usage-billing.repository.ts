import { asId, type OrganizationId, parseQuantity } from '@metergate/core';
import type {
  BilledAtStripe,
  BilledUsageRepository,
  UsageBillingRecord,
  UsageFact,
} from '@metergate/core/payments/bill-usage/bill-usage.ports';
import { z } from 'zod';
import type { UsageBilling } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { toJson } from './invoice.mapping.ts';

const kindSchema = z.enum(['on_demand', 'final', 'adjustment']);
const statusSchema = z.enum(['planned', 'itemized', 'billed']);

export function createUsageBillingRepository(tx: PrismaTransaction): BilledUsageRepository {
  return {
    async list(organizationId, fact) {
      const rows = await tx.usageBilling.findMany({
        where: whereFact(organizationId, fact),
        orderBy: { sequence: 'asc' },
      });
      return rows.map(fromRow);
    },
    async listOfSubscription(organizationId, subscriptionId, from) {
      if (from === null) return [];
      const rows = await tx.usageBilling.findMany({
        where: { organizationId, subscriptionId, periodStart: { gte: from } },
        orderBy: { sequence: 'asc' },
      });
      return rows.map(fromRow);
    },
    async billedMinor(organizationId, fact) {
      const { _sum } = await tx.usageBilling.aggregate({
        where: whereFact(organizationId, fact),
        _sum: { amountMinor: true },
      });
      return _sum.amountMinor ?? 0n;
    },
    async listUnfinished(organizationId, subscriptionId) {
      const rows = await tx.usageBilling.findMany({
        where: { organizationId, subscriptionId, status: { not: 'billed' } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(fromRow);
    },
    findBilledAtStripe: (organizationId, usage) => findBilledAtStripe(tx, organizationId, usage),
    async save(organizationId, { explanation, ...billing }) {
      const data = { ...billing, organizationId, explanation: toJson(explanation) };
      const where = { organizationId_id: { organizationId, id: billing.id } };
      await tx.usageBilling.upsert({ where, create: data, update: data });
    },
    async findOfLine(organizationId, { priceKey, periodStart, description, stripeInvoiceId }) {
      const found = await tx.usageBilling.findMany({
        where: { organizationId, priceKey, periodStart, OR: [{ description }, { stripeInvoiceId }] },
        orderBy: { sequence: 'asc' },
      });
      // A line that was rated here has our words; of one that Stripe rated only the invoice is known.
      const row = found.find((billing) => billing.description === description) ?? found[0];
      return row === undefined ? null : fromRow(row);
    },
    async invoicesOf(organizationId, { subscriptionId, feature, periodStart }) {
      // An adjustment waits at Stripe for the next invoice and is known there by its words.
      const rows = await tx.$queryRaw<{ billing: string; id: string; number: string | null }[]>`
        select billing.id as billing, invoice.id, invoice.number
          from usage_billings billing
          join invoices invoice on invoice.organization_id = billing.organization_id
           and (invoice.stripe_invoice_id = billing.stripe_invoice_id
             or (billing.stripe_invoice_id is null and exists (
               select from invoice_lines line
                where line.organization_id = invoice.organization_id and line.invoice_id = invoice.id
                  and line.description = billing.description)))
         where billing.organization_id = ${organizationId}::uuid
           and billing.subscription_id = ${subscriptionId}::uuid and billing.feature = ${feature}
           and billing.period_start = ${periodStart}
         order by invoice.stripe_created_at desc`;
      return new Map(rows.map(({ billing, id, number }) => [billing, { id: asId('invoice', id), number }]));
    },
    async explainLines(organizationId, stripeInvoiceId) {
      await tx.$executeRaw`
        update invoice_lines line set explanation = billing.explanation
          from usage_billings billing, invoices invoice
         where billing.organization_id = ${organizationId}::uuid and billing.stripe_invoice_id = ${stripeInvoiceId}
           and invoice.organization_id = billing.organization_id
           and invoice.stripe_invoice_id = billing.stripe_invoice_id
           and line.organization_id = billing.organization_id and line.invoice_id = invoice.id
           and line.description = billing.description and line.explanation is null`;
    },
  };
}

/** A renewal (or the invoice of a new anchor) that is out of draft and has no line for the usage billed nothing. */
async function findBilledAtStripe(
  tx: PrismaTransaction,
  organizationId: OrganizationId,
  { subscriptionId, priceKey, month }: Parameters<BilledUsageRepository['findBilledAtStripe']>[1],
): Promise<BilledAtStripe> {
  const rows = await tx.$queryRaw<SettledRow[]>`
    select invoice.stripe_invoice_id as "stripeInvoiceId", bool_or(invoice.status = 'draft') as "isDraft",
           coalesce(sum(line.quantity), 0)::text as quantity, coalesce(sum(line.amount_minor), 0)::bigint as amount
      from invoices invoice
      left join invoice_lines line on line.organization_id = invoice.organization_id
       and line.invoice_id = invoice.id and line.price_key = ${priceKey} and not line.is_proration
       and line.period_start >= ${month.start} and line.period_start < ${month.end}
     where invoice.organization_id = ${organizationId}::uuid
       and invoice.subscription_id = ${subscriptionId}::uuid
       and (line.id is not null
         or (invoice.billing_reason = 'subscription_cycle' and invoice.stripe_created_at >= ${month.end}
             and invoice.stripe_created_at < ${month.end}::timestamptz + interval '1 day')
         or (invoice.billing_reason = 'subscription_update' and invoice.stripe_created_at >= ${month.end}
             and invoice.stripe_created_at < ${month.end}::timestamptz + interval '5 minutes'))
     group by invoice.stripe_invoice_id order by max(line.amount_minor) desc nulls last`;
  const [row] = rows;
  if (row === undefined)
    return {
      kind: 'none',
      isRenewedSince: await isRenewedSince(tx, organizationId, { subscriptionId, month }),
    };
  if (row.isDraft) return { kind: 'draft' };
  const { stripeInvoiceId, amount } = row;
  return { kind: 'billed', stripeInvoiceId, quantity: parseQuantity(row.quantity), amountMinor: amount };
}

/** Stripe makes the invoices of a subscription in order: after a later renewal no earlier one is still to come. */
async function isRenewedSince(
  tx: PrismaTransaction,
  organizationId: OrganizationId,
  { subscriptionId, month }: { subscriptionId: string; month: { end: Date } },
): Promise<boolean> {
  const later = await tx.invoice.findFirst({
    where: {
      organizationId,
      subscriptionId,
      billingReason: 'subscription_cycle',
      status: { not: 'draft' },
      stripeCreatedAt: { gte: new Date(month.end.getTime() + 86_400_000) },
    },
    select: { id: true },
  });
  return later !== null;
}

interface SettledRow {
  stripeInvoiceId: string;
  isDraft: boolean;
  quantity: string;
  amount: bigint;
}

function whereFact(organizationId: string, { subscriptionId, feature, periodStart }: UsageFact) {
  return { organizationId, subscriptionId, feature, periodStart };
}

function fromRow({ organizationId: _, createdAt: _at, ...row }: UsageBilling): UsageBillingRecord {
  return {
    ...row,
    subscriptionId: asId('subscription', row.subscriptionId),
    kind: kindSchema.parse(row.kind),
    status: statusSchema.parse(row.status),
    quantity: row.quantity.toFixed(),
    quantityBefore: row.quantityBefore.toFixed(),
  };
}
