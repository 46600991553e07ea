import { asId, type OrganizationId } from '@metergate/core';
import type pg from 'pg';

/** Organizations that break a rule which reading them again at Stripe mends; oldest first. Use `database.platform`. */
export async function findOrganizationsToResync(
  pool: pg.Pool,
  rule: ResyncRule,
  { at, limit }: { at: Date; limit: number },
): Promise<OrganizationId[]> {
  const { rows } = await pool.query<{ id: string }>(statements[rule], [at, limit]);
  return rows.map(({ id }) => asId('organization', id));
}

/** Ids of events of Stripe that were given up, oldest first. Use `database.platform`. */
export async function findDeadEvents(pool: pg.Pool, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from inbound_events where status = 'dead' order by received_at, id limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

/** Ids of messages to Stripe that were given up, oldest first. Use `database.platform`. */
export async function findDeadMessages(pool: pg.Pool, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from outbox where status = 'dead' order by sequence limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

export type ResyncRule = 'periods_move_on' | 'invoices_add_up';

const statements: Readonly<Record<ResyncRule, string>> = {
  periods_move_on: `select organization_id as id from subscriptions
     where status in ('trialing', 'active', 'past_due') and current_period_end < $1::timestamptz - interval '2 hours'
     group by organization_id order by min(current_period_end), organization_id limit $2`,
  invoices_add_up: `select i.organization_id as id from invoices i
     where $1::timestamptz is not null and i.status <> 'draft'
       and exists (select from invoice_lines l where l.organization_id = i.organization_id and l.invoice_id = i.id)
       and i.subtotal_minor <> (select sum(l.amount_minor) from invoice_lines l
                                 where l.organization_id = i.organization_id and l.invoice_id = i.id)
     group by i.organization_id order by min(i.stripe_created_at), i.organization_id limit $2`,
};
