import type { asId } from '@metergate/core';
import {
  type ReratedLine,
  type Rerating,
  rerateUsage,
} from '@metergate/core/payments/prove-usage/rerate-usage';
import { createEventTotals, listUsageBilledOrganizations } from '@metergate/db';
import type { Context } from '../context.ts';
import type { Outcome } from '../outcome.ts';

const pageSize = 100;

/** Rates all usage ever billed again, from single events; the hash is the same wherever the same facts are. */
export async function rerateEverything(context: Context): Promise<Outcome> {
  const lines: ReratedLine[] = [];
  const different: Rerating['different'] = [];
  const deps = { ...context, eventTotals: createEventTotals(context.database.app) };
  for await (const organizationId of organizationsOf(context)) {
    const rerating = await rerateUsage(deps, { organizationId });
    lines.push(...rerating.lines);
    different.push(...rerating.different);
  }
  const hash = context.hash(JSON.stringify(lines));
  const told = different.map(
    (line) =>
      `  ${line.organizationId} ${line.meter} ${line.periodStart}: billed ${line.billedMinor}, events make ${line.amountMinor} ${line.currency}`,
  );
  return {
    lines: [`${lines.length} parts of months, ${different.length} billed differently. ${hash}`, ...told],
    json: { hash, lines, different },
    exitCode: different.length > 0 ? 1 : 0,
  };
}

async function* organizationsOf({ database, families }: Context) {
  let after: ReturnType<typeof asId<'organization'>> | null = null;
  const keys = families.map(({ key }) => key);
  for (;;) {
    const page: ReturnType<typeof asId<'organization'>>[] = await listUsageBilledOrganizations(
      database.worker,
      {
        families: keys,
        endedAfter: new Date(0),
        after,
        limit: pageSize,
      },
    );
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1) ?? null;
  }
}
