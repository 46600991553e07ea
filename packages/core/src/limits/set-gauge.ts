import type { OrganizationId } from '../shared/ids.ts';
import { parseQuantity } from '../shared/money/quantity.ts';
import { parseInstant } from '../shared/time/instant.ts';
import { isEventText } from '../usage/event-text.ts';
import { usageAgeMaxMs, usageFutureMaxMs } from '../usage/parse-usage-event.ts';
import { usageRejected } from '../usage/usage.errors.ts';
import type { FeatureGrant } from './entitlement-snapshot.ts';
import { toLimitAnswer } from './limit-answer.ts';
import { type LimitDeps, type LimitInput, readLimitSubject } from './limit-deps.ts';
import { grantOf, isCountedHere, limitQuantityOf, receiptTermsOf } from './limit-subject.ts';
import { featureCountedHere, featureNotAllocated } from './limits.errors.ts';
import type { GaugeCommand, Settled } from './limits.ports.ts';
import type { LimitAnswer } from './limits.schemas.ts';
import { isDatabaseAway } from './outage/decide-in-outage.ts';
import { keepReport, keptAnswer } from './outage/keep-report.ts';

export interface SetGaugeInput {
  feature: string;
  value: unknown;
  occurredAt?: string | undefined;
  id?: string | undefined;
}

/**
 * Takes over a level as the platform reports it, also above the limit: it has happened already. A report older
 * than the last one changes nothing; the same id again neither.
 */
export async function setGauge(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; input: SetGaugeInput },
): Promise<{ value: string; limit: string | null }> {
  const { organizationId, input } = request;
  const level = parseQuantity(input.value);
  const grant = grantOf(await deps.entitlements.snapshotOf(organizationId), input.feature);
  requireReportable(grant);
  const changeId = input.id ?? deps.ids.next();
  if (!isEventText(changeId)) throw usageRejected('ID_INVALID');
  const settled = await applyOrKeep(deps, {
    organizationId,
    feature: input.feature,
    changeId,
    change: { kind: 'set', level },
    occurredAt: occurredAtOf(deps, input.occurredAt),
    terms: null,
  });
  return { value: settled?.levels.used ?? level, limit: limitQuantityOf(grant) };
}

/** Gives back an allocated quantity; never below zero, and the same id again changes nothing. */
export async function releaseLimit(
  deps: LimitDeps,
  request: { organizationId: OrganizationId; input: LimitInput },
): Promise<LimitAnswer> {
  const subject = await readLimitSubject(deps, { ...request, operation: 'release' });
  requireReportable(subject.grant);
  const changeId = request.input.id ?? deps.ids.next();
  const settled = await applyOrKeep(deps, {
    organizationId: request.organizationId,
    feature: subject.grant.feature.key,
    changeId,
    change: { kind: 'give', quantity: subject.quantity },
    occurredAt: subject.at,
    terms: receiptTermsOf(subject),
  });
  if (settled === undefined) return keptAnswer(gaugeReceiptId(deps, request.organizationId, changeId));
  return toLimitAnswer(subject, settled, null);
}

/** @throws FEATURE_NOT_ALLOCATED, FEATURE_COUNTED_HERE */
export function requireReportable(grant: FeatureGrant): void {
  requireAllocated(grant);
  if (isCountedHere(grant)) throw featureCountedHere(grant.feature.key);
}

/** @throws FEATURE_NOT_ALLOCATED */
export function requireAllocated({ feature: { key, kind } }: FeatureGrant): void {
  if (kind !== 'allocated') throw featureNotAllocated(key);
}

/** It has happened already: while the database is away it is kept (`undefined`), and counted when it is back. */
async function applyOrKeep(deps: LimitDeps, command: GaugeCommand): Promise<Settled | undefined> {
  try {
    const settled = await deps.gauges.apply(command);
    deps.onUsage?.(command.organizationId, command.feature);
    return settled;
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    const { organizationId, changeId } = command;
    const receiptId = gaugeReceiptId(deps, organizationId, changeId);
    await keepReport(deps, { receiptId, organizationId, report: { kind: 'level', command } });
    return undefined;
  }
}

function gaugeReceiptId({ ledger }: LimitDeps, organizationId: OrganizationId, changeId: string): string {
  return ledger.derivedId(organizationId, 'gauge', changeId);
}

function occurredAtOf(deps: LimitDeps, text: string | undefined): Date {
  const now = deps.clock.now();
  if (text === undefined) return now;
  const at = parseInstant(text);
  if (at.getTime() - now.getTime() > usageFutureMaxMs) throw usageRejected('OCCURRED_AT_IN_FUTURE');
  if (now.getTime() - at.getTime() > usageAgeMaxMs) throw usageRejected('OCCURRED_AT_TOO_OLD');
  return at;
}
