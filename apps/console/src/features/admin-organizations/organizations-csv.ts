import type { AdminOrganizationRow } from '../../app/views.ts';
import { csvOf } from '../../components/csv.ts';

const columns = [
  'id',
  'slug',
  'name',
  'email',
  'plans',
  'mrr_minor',
  'past_due_since',
  'created_at',
] as const;

/** Amounts in minor units with their currency; several of them are separated by a space. */
export function organizationsCsv(rows: readonly AdminOrganizationRow[]): string {
  return csvOf([
    columns,
    ...rows.map((row) => [
      row.id,
      row.slug,
      row.name,
      row.email,
      row.plans.map(({ family, plan }) => `${family}/${plan}`).join(' '),
      row.mrr.map(({ amountMinor, currency }) => `${amountMinor}${currency}`).join(' '),
      row.pastDueSince,
      row.createdAt,
    ]),
  ]);
}
