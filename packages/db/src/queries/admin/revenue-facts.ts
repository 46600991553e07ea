import { asId } from '@metergate/core';
import type { LevelFact } from '@metergate/core/admin/revenue/revenue-months';
import type { InvoicedFact, RevenueFacts } from '@metergate/core/admin/revenue/revenue-view';
import type pg from 'pg';

const levelsMax = 500_000;

/** Everything the revenue screen is made of, across organizations: six statements. Use `database.platform`. */
export async function readRevenueFacts(pool: pg.Pool, now: Date): Promise<RevenueFacts> {
  const { rows: checkouts } = await pool.query<{ begun: number; completed: number }>(
    `select count(*)::int as begun, count(*) filter (where status = 'complete')::int as completed
       from checkout_sessions where created_at > $1::timestamptz - interval '90 days'`,
    [now],
  );
  const { rows: first } = await pool.query<{ at: Date; name: string; slug: string }>(
    `select i.paid_at as at, o.name, o.slug from invoices i join organizations o on o.id = i.organization_id
      where i.status = 'paid' and i.paid_at is not null and i.total_minor > 0
      order by i.paid_at limit 1`,
  );
  return {
    levels: await readLevels(pool),
    invoiced: await readInvoiced(pool),
    usage: await readUsage(pool, now),
    checkouts: checkouts[0] ?? { begun: 0, completed: 0 },
    firstPaid: first[0] ?? null,
    disputes: await readDisputes(pool, now),
  };
}

async function readLevels(pool: pg.Pool): Promise<LevelFact[]> {
  const { rows } = await pool.query<Omit<LevelFact, 'amountMinor'> & { amountMinor: string }>(
    `select organization_id as "organizationId", subscription_id as "subscriptionId", at, family, plan, currency,
            amount_minor::text as "amountMinor"
       from revenue_levels order by at, subscription_id limit ${levelsMax}`,
  );
  return rows.map((row) => ({
    ...row,
    organizationId: asId('organization', row.organizationId),
    subscriptionId: asId('subscription', row.subscriptionId),
    amountMinor: BigInt(row.amountMinor),
  }));
}

/** Usage lines and shares of a period are no recurring revenue. */
async function readInvoiced(pool: pg.Pool): Promise<InvoicedFact[]> {
  const { rows } = await pool.query<Omit<InvoicedFact, 'recurringMinor'> & { recurringMinor: string | null }>(
    `select s.id as "subscriptionId", s.organization_id as "organizationId", o.slug, o.name, s.plan, s.status,
            s.interval, s.currency, last.number as "invoiceNumber", lines.total::text as "recurringMinor"
       from subscriptions s join organizations o on o.id = s.organization_id
       left join lateral (
         select i.id, i.number from invoices i
          where i.organization_id = s.organization_id and i.subscription_id = s.id
            and i.status not in ('draft', 'void')
            and i.billing_reason in ('subscription_create', 'subscription_cycle')
          order by i.stripe_created_at desc limit 1) last on true
       left join lateral (
         select coalesce(sum(l.amount_minor), 0) as total from invoice_lines l
          where l.organization_id = s.organization_id and l.invoice_id = last.id
            and not l.is_proration and l.meter is null) lines on last.id is not null
      where s.status in ('active', 'past_due')
      order by o.name, s.id`,
  );
  return rows.map((row) => ({
    ...row,
    subscriptionId: asId('subscription', row.subscriptionId),
    organizationId: asId('organization', row.organizationId),
    recurringMinor: row.recurringMinor === null ? null : BigInt(row.recurringMinor),
  }));
}

async function readUsage(pool: pg.Pool, now: Date): Promise<RevenueFacts['usage']> {
  const { rows } = await pool.query<{ currency: string; amountMinor: string }>(
    `select l.currency, sum(l.amount_minor)::text as "amountMinor"
       from invoices i join invoice_lines l on l.organization_id = i.organization_id and l.invoice_id = i.id
      where i.status in ('open', 'paid', 'uncollectible') and l.meter is not null
        and i.issued_at >= date_trunc('month', $1::timestamptz at time zone 'UTC') at time zone 'UTC'
      group by l.currency`,
    [now],
  );
  return rows.map(({ currency, amountMinor }) => ({ currency, amountMinor: BigInt(amountMinor) }));
}

async function readDisputes(pool: pg.Pool, now: Date): Promise<RevenueFacts['disputes']> {
  const { rows } = await pool.query<{ weekStart: Date; count: number }>(
    `select week.start at time zone 'UTC' as "weekStart", count(d.id)::int as count
       from generate_series(date_trunc('week', $1::timestamptz at time zone 'UTC') - interval '11 weeks',
                            date_trunc('week', $1::timestamptz at time zone 'UTC'), interval '1 week') as week(start)
       left join disputes d on d.opened_at >= week.start at time zone 'UTC'
                           and d.opened_at < (week.start + interval '1 week') at time zone 'UTC'
      group by week.start order by week.start`,
    [now],
  );
  return rows;
}
