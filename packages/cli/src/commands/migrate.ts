import { migrateSubscriptions } from '@metergate/core/payments/migrate/migrate-subscriptions';
import type { MigrationStep } from '@metergate/core/payments/migrate/migration.schemas';
import { createSubscriberDirectory } from '@metergate/db';
import { type Context, operator } from '../context.ts';
import { type Outcome, UsageProblem } from '../outcome.ts';

/** Moves subscribers of older versions of a plan to the one sold now, so many a run; or says what that would do. */
export async function migratePlan(
  context: Context,
  options: { plan: string; reason?: string; limit: string; dryRun?: boolean },
): Promise<Outcome> {
  const [family, plan] = options.plan.split('/');
  const countMax = Number(options.limit);
  if (family === undefined || plan === undefined) throw new UsageProblem('Name the plan as family/plan.');
  if (!Number.isInteger(countMax) || countMax < 1)
    throw new UsageProblem('--limit is a whole number from 1.');
  const isDryRun = options.dryRun === true;
  if (!isDryRun && options.reason === undefined) throw new UsageProblem('Say --reason, or --dry-run.');
  const subscribers = createSubscriberDirectory(context.database.platform);
  const request = { actor: operator, family, plan, reason: options.reason ?? '', countMax, isDryRun };
  const view = await migrateSubscriptions({ ...context, subscribers }, request);
  const left = view.hasMore ? 'There are more: run it again.' : 'These are all.';
  const told = `${view.steps.length} looked at, ${view.orderedNow} ordered now. ${left}`;
  return { lines: [...view.steps.flatMap(linesOf), told], json: view };
}

function linesOf(step: MigrationStep): string[] {
  const { slug, fromVersion, toVersion, state, reason, currency, oldMinor, newMinor } = step;
  const when = `from ${step.at.slice(0, 10)}`;
  const head = `${state.padEnd(7)} ${slug}: v${fromVersion} → v${toVersion}, ${oldMinor} → ${newMinor} ${currency} ${when}`;
  const changes = [
    ...step.gains.map((text) => `  + ${text}`),
    ...step.losses.map((text) => `  − ${text}`),
    ...step.keptPrices.map((text) => `  kept: ${text}`),
  ];
  return [reason === null ? head : `${head} (${reason})`, ...changes];
}
