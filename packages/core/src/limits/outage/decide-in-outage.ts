import { AppError } from '../../shared/app-error.ts';
import { decideUnavailable, type LimitDecision } from '../decide-limit.ts';
import { toLimitAnswer } from '../limit-answer.ts';
import { type LimitDeps, type LimitInput, readLimitSubject } from '../limit-deps.ts';
import { decideFor, type LimitSubject, receiptTermsOf } from '../limit-subject.ts';
import { limitsUnavailable } from '../limits.errors.ts';
import { type LimitOperation, noLevels } from '../limits.ports.ts';
import type { LimitAnswer } from '../limits.schemas.ts';
import type { OutageEffect } from './outage.ports.ts';

/** What every adapter throws when the database does not answer; nothing else may fall back to the policy. */
const databaseUnavailableCode = 'DATABASE_UNAVAILABLE';

export function isDatabaseAway(error: unknown): error is AppError {
  return error instanceof AppError && error.code === databaseUnavailableCode;
}

/**
 * Reads the subject of a decision; organizations whose rights are not known from the last 15 minutes get no
 * decision at all. @throws LIMITS_UNAVAILABLE
 */
export async function readSubjectOrRefuse(
  deps: LimitDeps,
  request: Parameters<typeof readLimitSubject>[1] & { operation: LimitOperation; input: LimitInput },
): Promise<LimitSubject> {
  try {
    return await readLimitSubject(deps, request);
  } catch (error) {
    throw isDatabaseAway(error) ? limitsUnavailable(error) : error;
  }
}

/** Worked out only when it is needed: it costs as much as the decision. */
interface KeptAttempt {
  receiptId: () => string;
  effect: () => OutageEffect;
}

/**
 * Runs a decision against the counters; when the database is away, the plan decides instead (`onUnavailable`) and
 * what was allowed is kept for later. Refusals that need no counter (access, plan) stay refusals.
 * @throws LIMITS_UNAVAILABLE when the plan says to refuse, or the decision cannot be kept
 */
export async function withOutagePolicy(
  deps: LimitDeps,
  subject: LimitSubject,
  attempt: { normally: () => Promise<LimitAnswer> } & KeptAttempt,
): Promise<LimitAnswer> {
  try {
    return await attempt.normally();
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    return await answerInOutage(deps, subject, { ...attempt, cause: error });
  }
}

async function answerInOutage(
  deps: LimitDeps,
  subject: LimitSubject,
  attempt: KeptAttempt & { cause: AppError },
): Promise<LimitAnswer> {
  const verdict = decideWithoutCounters(subject);
  if (verdict.decision === 'blocked' && verdict.reason === 'unavailable')
    throw limitsUnavailable(attempt.cause);
  const isGranted = verdict.decision !== 'blocked';
  const receiptId = isGranted ? attempt.receiptId() : deps.ids.next();
  const effect = isGranted ? attempt.effect() : { kind: 'none' as const };
  const terms = receiptTermsOf(subject);
  try {
    await deps.outage.keep({ receiptId, terms, verdict, effect });
  } catch (error) {
    // What cannot be kept would be used and never counted.
    throw limitsUnavailable(error);
  }
  const { decision, reason, limit, upgradeTo } = verdict;
  const settled = { decision, reason, receiptId, levels: noLevels, limit, quantity: subject.quantity };
  return toLimitAnswer(subject, settled, upgradeTo);
}

/** Levels of zero find every refusal that no counter could lift: access, plan, more than the whole limit. */
export function decideWithoutCounters(subject: LimitSubject): LimitDecision {
  const known = decideFor(subject, noLevels, () => noLevels);
  if (known.decision === 'blocked') return known;
  const { entitlement, standing } = subject.grant;
  return decideUnavailable(entitlement?.onUnavailable ?? standing.family.onUnavailable ?? 'closed');
}
