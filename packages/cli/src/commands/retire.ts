import { retireUsage } from '@metergate/core/usage/retention/retire-usage';
import { listOrganizations } from '@metergate/db';
import { type Context, operator } from '../context.ts';
import type { Outcome } from '../outcome.ts';
import { requireOrganization } from './organization-reference.ts';

export interface RetireOptions {
  months: number;
  organization?: string;
  write?: boolean;
}

const organizationsPerPage = 200;

/** Shows which events are older than they are kept, and takes them away when told to. */
export async function retire(context: Context, options: RetireOptions): Promise<Outcome> {
  const meters = context.families.flatMap((family) => family.meters);
  const dryRun = options.write !== true;
  const found: { organizationId: string; meter: string; count: number; heldFrom: Date | null }[] = [];
  for await (const organizationId of chosen(context, options.organization)) {
    const request = { actor: operator, organizationId, months: options.months, dryRun };
    const retired = await retireUsage({ ...context, meters }, request);
    found.push(...retired.filter(({ count }) => count > 0).map((each) => ({ organizationId, ...each })));
  }
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const lines = found.map(
    ({ organizationId, meter, count, heldFrom }) =>
      `${organizationId} ${meter}: ${count}${heldFrom === null ? '' : `, needed from ${heldFrom.toISOString()}`}`,
  );
  const verb = dryRun ? 'would go (run again with --write)' : 'are gone; their ids and sums stay';
  return { lines: [...lines, `${total} events ${verb}.`], json: { dryRun, total, found } };
}

async function* chosen(context: Context, reference: string | undefined) {
  if (reference !== undefined) {
    yield await requireOrganization(context, reference);
    return;
  }
  for (let after: string | null = null; ; ) {
    const page = await listOrganizations(context.database.worker, { after, limit: organizationsPerPage });
    yield* page;
    after = page.at(-1) ?? null;
    if (page.length < organizationsPerPage) return;
  }
}
