import { readFile } from 'node:fs/promises';
import { backfillUsage } from '@metergate/core/usage/backfills/backfill-usage';
import type { BackfillAnswer, BackfilledPeriod } from '@metergate/core/usage/backfills/backfills.schemas';
import { listBackfills } from '@metergate/core/usage/backfills/read-backfills';
import { revertBackfill } from '@metergate/core/usage/backfills/revert-backfill';
import { type Context, operator } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';
import { usageDepsOf } from '../usage-deps.ts';
import { requireOrganization } from './organization-reference.ts';

interface BackfillOptions {
  organization: string;
  name?: string;
  reason: string;
}

/** What one file may hold: all of it is compared with what is stored before anything is written. */
const eventsMax = 20_000;
const refusalsShown = 20;

/** The latest backfills of an organization, and what of each still counts. */
export async function showBackfills(context: Context, options: { organization: string }): Promise<Outcome> {
  const organizationId = await requireOrganization(context, options.organization);
  const found = await listBackfills(context, { organizationId });
  const lines = found.map(({ id, createdAt, standing, retired, reason, revertReason }) => {
    const rest = revertReason === null ? '' : `; taken back: ${revertReason}`;
    const old = retired === 0 ? '' : `, ${retired} retired`;
    return `${id}  ${createdAt}  ${standing} events count${old}: ${reason}${rest}`;
  });
  return { lines: lines.length === 0 ? ['No backfills.'] : lines, json: found };
}

/** Reports the events of a file, of any age, or says what that would change. Safe to repeat. */
export async function backfill(
  context: Context,
  options: BackfillOptions & { file: string; dryRun: boolean },
): Promise<Outcome> {
  const organizationId = await requireOrganization(context, options.organization);
  const events = await readEvents(options.file);
  const { name: id, reason, dryRun: isDryRun } = options;
  const request = { actor: operator, organizationId, events, reason, isDryRun, id };
  const answer = await backfillUsage(await usageDepsOf(context, organizationId), request);
  return { lines: linesOf(answer), json: answer, exitCode: answer.rejected > 0 ? 1 : 0 };
}

/** Takes every event of a backfill back that still counts, or says what that would change. Safe to repeat. */
export async function takeBackfillBack(
  context: Context,
  options: { organization: string; id: string; reason: string; dryRun?: boolean },
): Promise<Outcome> {
  const organizationId = await requireOrganization(context, options.organization);
  const deps = await usageDepsOf(context, organizationId);
  const isDryRun = options.dryRun === true;
  const { id, reason } = options;
  const request = { actor: operator, organizationId, id, reason, isDryRun };
  const first = await revertBackfill(deps, request);
  let last = first;
  let reverted = first.reverted;
  while (!isDryRun && last.remaining > 0 && last.reverted > 0) {
    last = await revertBackfill(deps, request);
    reverted += last.reverted;
  }
  const json = { ...last, reverted, periods: joined(first.periods, last.periods) };
  const verb = isDryRun ? 'would be taken back' : 'taken back';
  const left = last.remaining === 0 ? '' : `, ${last.remaining} remain`;
  return { lines: [`${reverted} events ${verb}${left}.`, ...json.periods.map(periodLine)], json };
}

/** As it was before the first call, and is after the last. */
function joined(first: readonly BackfilledPeriod[], last: readonly BackfilledPeriod[]): BackfilledPeriod[] {
  const keyOf = ({ meter, start }: BackfilledPeriod) => `${meter} ${start}`;
  const all = new Map(first.map((period) => [keyOf(period), period]));
  for (const period of last) {
    const { before } = all.get(keyOf(period)) ?? period;
    all.set(keyOf(period), { ...period, before });
  }
  return [...all.values()];
}

/** A JSON list, `{ "events": [ … ] }` as the API takes it, or one event on each line. @throws UsageProblem */
async function readEvents(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageProblem(`"${file}" cannot be read.`);
  });
  const events = eventsIn(text);
  if (events === undefined) {
    throw new UsageProblem(`"${file}" is neither a JSON list of events nor one JSON event on each line.`);
  }
  if (events.length === 0) throw new UsageProblem(`"${file}" has no events.`);
  if (events.length > eventsMax) {
    throw new UsageProblem(`"${file}" has ${events.length} events. Split it: ${eventsMax} at most.`);
  }
  return events;
}

function eventsIn(text: string): unknown[] | undefined {
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole;
  if (typeof whole === 'object' && whole !== null && 'events' in whole) {
    return Array.isArray(whole.events) ? whole.events : undefined;
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const events = lines.map(parsed);
  return events.includes(undefined) ? undefined : events;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function linesOf({ id, dryRun, accepted, duplicates, rejected, results, periods }: BackfillAnswer): string[] {
  const verb = dryRun ? 'would be new' : 'are new';
  const refused = results.filter(({ status }) => status === 'rejected');
  const shown = refused.slice(0, refusalsShown).map((one) => `  ${one.id ?? 'without an id'}: ${one.code}`);
  return [
    `${id}: ${accepted} events ${verb}, ${duplicates} are known, ${rejected} refused.`,
    ...shown,
    ...(refused.length > refusalsShown ? [`  and ${refused.length - refusalsShown} more`] : []),
    ...periods.map(periodLine),
  ];
}

function periodLine({ meter, start, end, isClosed, before, after }: BackfilledPeriod): string {
  const closed = isClosed ? ' (billed on the next invoice)' : '';
  return `  ${meter} ${start} to ${end}: ${before} → ${after ?? 'not known before'}${closed}`;
}
