import { z } from 'zod';
import type { OrganizationId } from '../../shared/ids.ts';
import { parseQuantity } from '../../shared/money/quantity.ts';
import { parseInstant } from '../../shared/time/instant.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { decimalSchema } from '../../shared/view.schemas.ts';
import { forgetChecksBefore } from '../../usage/reading/check-against-sender.ts';
import type { UsageChecks } from '../../usage/reading/usage-checks.ports.ts';
import { usageRejected } from '../../usage/usage.errors.ts';
import { grantOf } from '../limit-subject.ts';
import { requireReportable } from '../set-gauge.ts';
import type { LevelHistory, ReadLevelDaysDeps } from './read-level-days.ts';

/** What the sender's own books say a reported level was at an instant. */
export const levelCheckRequestSchema = z.object({
  organization: z.string().min(1).max(200),
  feature: z.string().min(1).max(100),
  at: z.string().max(40),
  level: z.union([z.string().max(100), z.number()]),
});
export const levelCheckAnswerSchema = z.object({ equal: z.boolean(), ours: decimalSchema });

export interface CheckLevelDeps extends Omit<ReadLevelDaysDeps, 'unitOfWork'> {
  unitOfWork: UnitOfWork<{ levelHistory: LevelHistory; usageChecks: UsageChecks }>;
}

/**
 * Compares a level of the sender with ours at an instant, with every change that was reported to have happened by
 * then, however late it came, and keeps the result beside those of usage. The same instant again takes its place.
 * @throws FEATURE_UNKNOWN, FEATURE_NOT_ALLOCATED, FEATURE_COUNTED_HERE, QUANTITY_INVALID, INSTANT_INVALID,
 * OCCURRED_AT_IN_FUTURE
 */
export async function checkLevel(
  deps: CheckLevelDeps,
  request: { organizationId: OrganizationId; input: { feature: string; at: string; level: unknown } },
): Promise<{ equal: boolean; ours: string }> {
  const { organizationId, input } = request;
  const now = deps.clock.now();
  const theirs = parseQuantity(input.level);
  const at = parseInstant(input.at);
  if (at > now) throw usageRejected('OCCURRED_AT_IN_FUTURE');
  requireReportable(grantOf(await deps.entitlements.snapshotOf(organizationId), input.feature));
  const justAfter = new Date(at.getTime() + 1);
  return await deps.unitOfWork.run(organizationId, async ({ levelHistory, usageChecks }) => {
    const [ours = '0'] = await levelHistory.before(organizationId, input.feature, [justAfter]);
    const check = {
      meter: input.feature,
      clientId: null,
      span: { start: at, end: at },
      theirs: { count: 0, total: theirs },
      ours: { count: 0, total: ours },
      checkedAt: now,
    };
    await usageChecks.put(organizationId, check, forgetChecksBefore(now));
    return { equal: theirs === ours, ours };
  });
}
