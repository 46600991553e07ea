import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type asId, formatMoney } from '@metergate/core';
import { defineFamily } from '@metergate/core/catalog/define-family';
import {
  type ShadowDeps,
  type ShadowedMonth,
  shadowBilling,
} from '@metergate/core/payments/migrate/shadow-billing';
import { createEventTotals, listUsageBilledOrganizations } from '@metergate/db';
import type { Context } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';

const pageSize = 100;

/** Bills the closed months since a day twice, as published and as drafted in a file, and says where they differ. */
export async function shadowCatalog(
  context: Context,
  options: { file: string; since: string },
): Promise<Outcome> {
  const draft = await readDraft(options.file);
  const since = new Date(`${options.since}T00:00:00Z`);
  if (Number.isNaN(since.getTime())) throw new UsageProblem('--since is a day like 2027-01-31.');
  const deps = { ...context, usage: { totals: totalsOfEvents(context) } };
  const months: ShadowedMonth[] = [];
  let after: ReturnType<typeof asId<'organization'>> | null = null;
  for (;;) {
    const query = { families: [draft.key], endedAfter: since, after, limit: pageSize };
    const page: ReturnType<typeof asId<'organization'>>[] = await listUsageBilledOrganizations(
      context.database.worker,
      query,
    );
    for (const organizationId of page)
      months.push(...(await shadowBilling(deps, { organizationId, draft, since })));
    if (page.length < pageSize) break;
    after = page.at(-1) ?? null;
  }
  const different = months.filter(({ publishedMinor, draftMinor }) => publishedMinor !== draftMinor);
  return {
    lines: [
      ...different.map(lineOf),
      ...totalsOf(months),
      `${different.length} of ${months.length} months differ.`,
    ],
    json: months,
  };
}

/** From single events: history may be older than any sum that is kept. */
function totalsOfEvents({ database }: Context): ShadowDeps['usage']['totals'] {
  const events = createEventTotals(database.app);
  return async (organizationId, spans) => {
    const totals: string[] = [];
    for (const { period, ...span } of spans)
      totals.push(await events.total({ ...span, organizationId }, period));
    return { snapshotId: '', totals };
  };
}

/** A file like those of the catalogue: whatever it exports that is a family. */
async function readDraft(file: string) {
  const exported: Record<string, unknown> = await import(pathToFileURL(path.resolve(file)).href);
  const drafts = Object.values(exported).filter(isFamily);
  const [draft] = drafts;
  if (draft === undefined || drafts.length > 1)
    throw new UsageProblem('The file exports exactly one family.');
  return defineFamily(draft);
}

function isFamily(value: unknown): value is Parameters<typeof defineFamily>[0] {
  return (
    typeof value === 'object' && value !== null && 'plans' in value && 'meters' in value && 'key' in value
  );
}

function lineOf({
  organization,
  periodStart,
  plan,
  currency,
  publishedMinor,
  draftMinor,
}: ShadowedMonth): string {
  const amount = (minor: string) => formatMoney({ amountMinor: BigInt(minor), currency }, 'en-US');
  return `${organization} ${plan} ${periodStart.slice(0, 10)}: ${amount(publishedMinor)} → ${amount(draftMinor)}`;
}

function totalsOf(months: readonly ShadowedMonth[]): string[] {
  const sums = Map.groupBy(months, ({ currency }) => currency);
  return [...sums].map(([currency, some]) => {
    const sum = (pick: (month: ShadowedMonth) => string) =>
      formatMoney(
        { amountMinor: some.reduce((total, month) => total + BigInt(pick(month)), 0n), currency },
        'en-US',
      );
    return `${currency}: ${sum(({ publishedMinor }) => publishedMinor)} → ${sum(({ draftMinor }) => draftMinor)}`;
  });
}
