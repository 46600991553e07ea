import {
  checkAgainstSender,
  listUsageChecks,
  type UsageCheckInput,
} from '@metergate/core/usage/reading/check-against-sender';
import type { Context } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';
import { usageDepsOf } from '../usage-deps.ts';
import { requireOrganization } from './organization-reference.ts';

/** What senders have compared with their own books; exit code 1 when one of them differs. */
export async function showChecks(context: Context, options: { organization: string }): Promise<Outcome> {
  const organizationId = await requireOrganization(context, options.organization);
  const found = await listUsageChecks(context, { organizationId });
  const lines = found.map(({ kind, meter, client, from, to, theirs, ours, equal }) => {
    const whose = client === null ? '' : ` ${client}`;
    const isLevel = kind === 'level';
    const said = isLevel ? ({ total }: { total: string }) => total : figures;
    const verdict = equal ? 'equal' : `theirs ${said(theirs)}, ours ${said(ours)}`;
    return `${meter}${whose} ${isLevel ? `level at ${from}` : `${from} to ${to}`}: ${verdict}`;
  });
  return {
    lines: lines.length === 0 ? ['No comparisons.'] : lines,
    json: found,
    exitCode: found.every(({ equal }) => equal) ? 0 : 1,
  };
}

/** Compares a sender's figures with ours and keeps the result; exit code 1 when they differ. */
export async function compareWithSender(
  context: Context,
  options: Omit<UsageCheckInput, 'count'> & { organization: string; count: string },
): Promise<Outcome> {
  const { organization, count, ...span } = options;
  if (!/^\d{1,15}$/.test(count)) throw new UsageProblem(`"${count}" is no number of events.`);
  const organizationId = await requireOrganization(context, organization);
  const deps = await usageDepsOf(context, organizationId);
  const input = { ...span, count: Number(count) };
  const answer = await checkAgainstSender(deps, { organizationId, input });
  const { equal, ours } = answer;
  return {
    lines: [equal ? 'Equal.' : `Different: ours are ${figures(ours)}.`],
    json: answer,
    exitCode: equal ? 0 : 1,
  };
}

function figures({ count, total }: { count: number; total: string }): string {
  return `${count} events, ${total}`;
}
