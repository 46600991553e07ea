import type { OrganizationId } from '../../shared/ids.ts';
import type { OutgoingMessage } from '../../shared/outgoing-messages.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { allocatedLevel, limitQuantityOf } from '../limit-subject.ts';
import { limitWindow, usagePeriod } from '../limit-window.ts';
import type { CounterLevels } from '../limits.ports.ts';
import type { LimitView } from '../limits.schemas.ts';
import { toLimitView } from '../reading/list-limits.ts';
import { alertMail } from './alert-mail.ts';
import type { AlertRule, AlertTx, FiredAlert } from './alerts.ports.ts';
import { reachedOf } from './reached-thresholds.ts';

export interface FireAlertsDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger' | 'gauges'> {
  unitOfWork: UnitOfWork<AlertTx>;
}

/** Use that reached the totals when its window may have ended: what an outage kept. */
export interface PastUse {
  feature: string;
  at: Date;
}

/**
 * Looks at totals that moved and records each threshold reached, once per window, with its mails in the same
 * transaction. Safe to repeat and to run in several processes. Answers how many were new. What has no limit costs
 * nothing; all others of the organization are read together and decided in one transaction. A window of `past` that has
 * ended is told with its name, by what is granted now.
 */
export async function fireAlerts(
  deps: FireAlertsDeps,
  request: { organizationId: OrganizationId; features: ReadonlySet<string>; past?: readonly PastUse[] },
): Promise<number> {
  const { organizationId } = request;
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const moved = await readMoved(deps, snapshot, request);
  if (moved.length === 0) return 0;
  const now = deps.clock.now();
  return await deps.unitOfWork.run(organizationId, async (tx) => {
    const rules = await tx.alerts.rules(organizationId);
    let count = 0;
    for (const { grant, window, levels, at } of moved) {
      const rule = rules.get(grant.feature.key);
      const view = toLimitView(snapshot, grant, { levels, rule, now: at });
      if (view?.percent != null) count += await recordReached(tx, { snapshot, rule, view, window, now });
    }
    return count;
  });
}

interface MovedTotal {
  grant: FeatureGrant;
  window: Period;
  levels: CounterLevels;
  /** An instant within the window. */
  at: Date;
}

async function readMoved(
  deps: FireAlertsDeps,
  snapshot: EntitlementSnapshot,
  { features, past = [] }: { features: ReadonlySet<string>; past?: readonly PastUse[] },
): Promise<MovedTotal[]> {
  const now = deps.clock.now();
  const { organizationId, timeZone } = snapshot.facts;
  // In one order, so that two processes which look at the same totals do not wait for each other in a circle.
  const limited = [...features].toSorted().flatMap((feature) => {
    const grant = snapshot.grants.get(feature);
    return grant === undefined || (limitQuantityOf(grant) ?? '0') === '0' ? [] : [grant];
  });
  const counted = limited.flatMap((grant) => {
    if (grant.meter === null) return [];
    const { aggregation } = grant.meter;
    const feature = grant.feature.key;
    const instants = past.filter((use) => use.feature === feature).map(({ at }) => at);
    const windows = new Map(
      [...instants, now].map((at) => [limitWindow(grant, timeZone, at).start.getTime(), at]),
    );
    return [...windows.values()].map((at) => {
      const window = limitWindow(grant, timeZone, at);
      return { grant, window, at, key: { organizationId, feature, window, aggregation } };
    });
  });
  const read = counted.length === 0 ? null : await deps.ledger.allLevels(counted.map(({ key }) => key));
  const moved: MovedTotal[] =
    read === null ? [] : counted.map(({ key, ...total }) => ({ ...total, levels: read(key) }));
  for (const grant of limited.filter(({ meter }) => meter === null)) {
    const reported = await deps.gauges.level(organizationId, grant.feature.key);
    const levels = { used: allocatedLevel(snapshot, grant, reported), reserved: '0' };
    moved.push({ grant, window: usagePeriod(grant.standing, now), levels, at: now });
  }
  return moved;
}

async function recordReached(
  tx: AlertTx,
  reached: {
    snapshot: EntitlementSnapshot;
    rule: AlertRule | undefined;
    view: LimitView;
    window: Period;
    now: Date;
  },
): Promise<number> {
  const { snapshot, rule, view, window, now } = reached;
  const { organizationId } = snapshot.facts;
  const percent = Number(view.percent);
  const fired: FiredAlert[] = [];
  for (const threshold of reachedOf(view.thresholds, percent)) {
    const alert = { feature: view.feature, windowStart: window.start, threshold, firedAt: now };
    if (!(await tx.alerts.record(organizationId, alert))) continue;
    fired.push(alert);
    await tx.messages.add(thresholdReached(organizationId, view, alert));
  }
  // Who crosses several at once is told of the highest, which says it all.
  const highest = fired.at(-1);
  if (highest !== undefined) await sendMails(tx, { snapshot, rule, view, window, ...highest });
  return fired.length;
}

async function sendMails(
  tx: AlertTx,
  alert: {
    snapshot: EntitlementSnapshot;
    rule: AlertRule | undefined;
    view: LimitView;
    window: Period;
    threshold: number;
    firedAt: Date;
  },
): Promise<void> {
  const { snapshot, rule, view, window, threshold, firedAt } = alert;
  const { organizationId, name, email, timeZone } = snapshot.facts;
  const recipients = rule === undefined || rule.recipients.length === 0 ? [email] : rule.recipients;
  const words = alertMail({
    organizationName: name,
    featureName: view.name,
    threshold,
    used: view.used,
    limit: view.limit ?? '',
    consequence: view.consequence,
    ended: window.end <= firedAt ? window : null,
    timeZone,
  });
  for (const to of recipients) {
    const dedupeKey = `limit-alert:${organizationId}:${view.feature}:${window.start.toISOString()}:${threshold}:${to}`;
    await tx.mail.add({
      organizationId,
      to,
      template: 'limit_alert',
      ...words,
      dedupeKey,
      createdAt: firedAt,
    });
  }
}

function thresholdReached(
  organizationId: OrganizationId,
  { feature, name, used, limit }: LimitView,
  { threshold, windowStart, firedAt }: FiredAlert,
): OutgoingMessage {
  return {
    organizationId,
    type: 'usage.threshold_reached',
    fact: `usage.threshold_reached:${feature}:${windowStart.toISOString()}:${threshold}`,
    data: { feature, name, threshold, used, limit, periodStart: windowStart.toISOString() },
    occurredAt: firedAt,
  };
}
