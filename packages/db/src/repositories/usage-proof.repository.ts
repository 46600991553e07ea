import { asId, type OrganizationId, parseQuantity } from '@metergate/core';
import type {
  BilledPeriod,
  UsageProof,
  UsageProofRepository,
} from '@metergate/core/payments/prove-usage/prove-usage.ports';
import { z } from 'zod';
import type { PrismaTransaction } from '../prisma-transaction.ts';

const sourceSchema = z.enum(['stripe', 'reports', 'billing']);
const verdictSchema = z.enum(['equal', 'open', 'different']);

export function createUsageProofRepository(tx: PrismaTransaction): UsageProofRepository {
  return {
    listUnproved: (organizationId) => listUnproved(tx, organizationId),
    async save(organizationId, { period, ...proof }) {
      const data = { ...proof, organizationId, periodStart: period.start, periodEnd: period.end };
      const { subscriptionId, meter, periodStart } = data;
      const organizationIdSubscriptionIdMeterPeriodStart = {
        organizationId,
        subscriptionId,
        meter,
        periodStart,
      };
      await tx.usageProof.upsert({
        where: {
          organizationId_subscriptionId_meter_periodStart: organizationIdSubscriptionIdMeterPeriodStart,
        },
        create: data,
        update: data,
      });
    },
    async list(organizationId, limit) {
      const rows = await tx.usageProof.findMany({
        where: { organizationId },
        orderBy: [{ periodStart: 'desc' }, { meter: 'asc' }, { subscriptionId: 'asc' }],
        take: limit,
      });
      return rows.map(
        ({ organizationId: _, periodStart, periodEnd, ...row }): UsageProof => ({
          ...row,
          subscriptionId: asId('subscription', row.subscriptionId),
          period: { start: periodStart, end: periodEnd },
          eventsQuantity: row.eventsQuantity.toFixed(),
          bucketsQuantity: row.bucketsQuantity.toFixed(),
          toldQuantity: row.toldQuantity.toFixed(),
          billedQuantity: row.billedQuantity.toFixed(),
          toldSource: sourceSchema.parse(row.toldSource),
          verdict: verdictSchema.parse(row.verdict),
        }),
      );
    },
  };
}

interface BilledRow extends Omit<BilledPeriod, 'subscriptionId' | 'period'> {
  subscriptionId: string;
  periodStart: Date;
  periodEnd: Date;
}

/**
 * Usage invoices name no subscription; price and period say whose line it is. Stripe's own line of a part of a month
 * may begin with the month.
 */
async function listUnproved(tx: PrismaTransaction, organizationId: OrganizationId): Promise<BilledPeriod[]> {
  const rows = await tx.$queryRaw<BilledRow[]>`
    select billing.*, subscription.family, coalesce(proof.differences, 0) as "knownDifferences",
           (select coalesce(sum(line.amount_minor), 0)::bigint
              from invoice_lines line
              join invoices invoice on invoice.organization_id = line.organization_id
               and invoice.id = line.invoice_id and invoice.status <> 'draft'
               and (invoice.subscription_id is null or invoice.subscription_id = billing."subscriptionId")
             where line.organization_id = ${organizationId}::uuid and line.price_key = billing."priceKey"
               and (line.period_start = billing."periodStart"
                 or (line.period_start = billing."countedFrom" and invoice.stripe_invoice_id = billing."settledBy"))
               and not line.is_proration) as "invoicedMinor"
      from (select subscription_id as "subscriptionId", feature as meter, price_key as "priceKey", currency,
                   period_start as "periodStart", max(period_end) as "periodEnd", max(sequence) as sequence,
                   (array_agg(quantity order by sequence))[1]::text as "firstQuantity",
                   (array_agg(quantity order by sequence desc))[1]::text as "billedQuantity",
                   sum(amount_minor)::bigint as "billedMinor", max(counted_from) as "countedFrom",
                   max(stripe_invoice_id) filter (where explanation->>'ratedBy' = 'stripe') as "settledBy",
                   bool_or(explanation->>'ratedBy' = 'stripe') is true as "isRatedAtStripe"
              from usage_billings where organization_id = ${organizationId}::uuid
             group by subscription_id, feature, price_key, currency, period_start
            having bool_or(kind = 'final')) billing
      join subscriptions subscription on subscription.organization_id = ${organizationId}::uuid
       and subscription.id = billing."subscriptionId"
      left join usage_proofs proof on proof.organization_id = ${organizationId}::uuid
       and proof.subscription_id = billing."subscriptionId" and proof.meter = billing.meter
       and proof.period_start = billing."periodStart"
     where proof.verdict is distinct from 'equal' or proof.sequence < billing.sequence
     order by billing."periodStart" limit 100`;
  return rows.map(({ periodStart, periodEnd, ...row }) => ({
    subscriptionId: asId('subscription', row.subscriptionId),
    family: row.family,
    meter: row.meter,
    period: { start: periodStart, end: periodEnd },
    countedFrom: row.countedFrom,
    currency: row.currency,
    sequence: row.sequence,
    firstQuantity: parseQuantity(row.firstQuantity, { sign: 'any' }),
    billedQuantity: parseQuantity(row.billedQuantity, { sign: 'any' }),
    billedMinor: row.billedMinor,
    invoicedMinor: row.invoicedMinor,
    isRatedAtStripe: row.isRatedAtStripe,
    knownDifferences: row.knownDifferences,
  }));
}
