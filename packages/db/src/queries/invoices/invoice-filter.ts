import { currencyExponent, isCurrency } from '@metergate/core';
import type { InvoiceQuery, InvoiceTab } from '@metergate/core/invoices/read/invoice-reader.ports';
import { Prisma } from '../../generated/client.ts';

/** The search without tab and cursor: what the counts are counted over. */
export function searchCondition(
  organizationId: string,
  query: InvoiceQuery,
  currencies: readonly string[],
): Prisma.Sql {
  const conditions = [Prisma.sql`organization_id = ${organizationId}::uuid`];
  if (query.from !== null) conditions.push(Prisma.sql`stripe_created_at >= ${query.from}`);
  if (query.to !== null) conditions.push(Prisma.sql`stripe_created_at < ${query.to}`);
  if (query.text !== null) conditions.push(textCondition(query.text, query, currencies));
  return Prisma.join(conditions, ' and ');
}

/** The same meaning of past due as in the view: owed, and tried in vain or beyond the due date. */
export function tabCondition(tab: InvoiceTab, at: Date): Prisma.Sql {
  if (tab === 'all') return Prisma.sql`true`;
  if (tab !== 'past_due') return Prisma.sql`status = ${tab}`;
  return Prisma.sql`(status = 'open' and amount_remaining_minor > 0 and (attempt_count > 0 or due_at < ${at}))`;
}

/** The rows after the last one of the page before; a position is `<instant>|<id>`. */
export function afterCondition(position: string | undefined): Prisma.Sql {
  if (position === undefined) return Prisma.sql`true`;
  const [createdAt = '', id = ''] = position.split('|');
  return Prisma.sql`(stripe_created_at, id) < (${createdAt}::timestamptz, ${id}::uuid)`;
}

function textCondition(text: string, query: InvoiceQuery, currencies: readonly string[]): Prisma.Sql {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const byNumber = Prisma.sql`number ilike ${pattern}`;
  const byAmount = currencies.flatMap((currency) => {
    const found = query.amounts.find(({ exponent }) => exponent === exponentOf(currency));
    if (found === undefined) return [];
    return [
      Prisma.sql`(currency = ${currency} and ${found.amountMinor}::bigint in (total_minor, amount_remaining_minor))`,
    ];
  });
  return Prisma.sql`(${Prisma.join([byNumber, ...byAmount], ' or ')})`;
}

function exponentOf(currency: string): number | null {
  return isCurrency(currency) ? currencyExponent(currency) : null;
}
