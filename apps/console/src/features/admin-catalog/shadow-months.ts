import { trpcClient } from '../../app/trpc.ts';
import type { ShadowMonth } from '../../app/views.ts';
import { csvOf } from '../../components/csv.ts';

const pagesMax = 400;

/** Every page of organizations, one after the other. */
export async function readShadow(wish: {
  family: string;
  draft: string | null;
  months: string;
}): Promise<ShadowMonth[]> {
  const { family, draft } = wish;
  const months: ShadowMonth[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const input = { family, draft, monthCount: Number(wish.months), cursor };
    const answer: { months: ShadowMonth[]; nextCursor: string | null } =
      await trpcClient.admin.catalog.shadow.mutate(input);
    months.push(...answer.months);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return months;
}

export interface ShadowTotal {
  currency: string;
  publishedMinor: string;
  draftMinor: string;
}

/** One row per currency: amounts of two are never added up. */
export function shadowTotals(months: readonly ShadowMonth[]): ShadowTotal[] {
  const sum = (some: readonly ShadowMonth[], field: 'publishedMinor' | 'draftMinor') =>
    some.reduce((total, month) => total + BigInt(month[field]), 0n).toString();
  return [...Map.groupBy(months, ({ currency }) => currency)].map(([currency, some]) => ({
    currency,
    publishedMinor: sum(some, 'publishedMinor'),
    draftMinor: sum(some, 'draftMinor'),
  }));
}

const columns = [
  'organization',
  'slug',
  'subscription',
  'plan',
  'plan_version',
  'period_start',
  'period_end',
  'currency',
  'published_minor',
  'draft_minor',
] as const;

/** Minor units with their currency and instants in UTC. */
export function shadowCsv(months: readonly ShadowMonth[]): string {
  const lines = months.map((row) => [
    row.organization,
    row.slug,
    row.subscriptionId,
    row.plan,
    String(row.planVersion),
    row.periodStart,
    row.periodEnd,
    row.currency,
    row.publishedMinor,
    row.draftMinor,
  ]);
  return csvOf([columns, ...lines]);
}
