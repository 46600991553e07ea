import type { OrganizationId } from '../../shared/ids.ts';
import type { OutgoingMessage } from '../../shared/outgoing-messages.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { EntitlementSnapshot, FeatureGrant } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { limitWindow, usagePeriod } from '../limit-window.ts';
import type { CounterLevels } from '../limits.ports.ts';
import type { LimitView } from '../limits.schemas.ts';
import { toLimitView } from '../reading/list-limits.ts';
import { alertMail } from './alert-mail.ts';
import type { AlertRule, AlertTx, FiredAlert } from './alerts.ports.ts';

export interface FireAlertsDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger' | 'gauges'> {
  unitOfWork: UnitOfWork<AlertTx>;
}

/**
 * Looks at totals that moved and records each threshold reached, once per window, with its mails in the same
 * transaction. Safe to repeat and to run in several processes. Answers how many were new.
 */
export async function fireAlerts(
  deps: FireAlertsDeps,
  request: { organizationId: OrganizationId; features: ReadonlySet<string> },
): Promise<number> {
  const { organizationId } = request;
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const rules = await deps.unitOfWork.run(organizationId, ({ alerts }) => alerts.rules(organizationId));
  let count = 0;
  for (const feature of request.features) {
    const grant = snapshot.grants.get(feature);
    if (grant !== undefined) count += await fireFor(deps, { snapshot, grant, rule: rules.get(feature) });
  }
  return count;
}

interface AlertSubject {
  snapshot: EntitlementSnapshot;
  grant: FeatureGrant;
  rule: AlertRule | undefined;
}

async function fireFor(deps: FireAlertsDeps, { snapshot, grant, rule }: AlertSubject): Promise<number> {
  const now = deps.clock.now();
  const { organizationId, timeZone } = snapshot.facts;
  const window = grant.meter === null ? usagePeriod(grant.standing, now) : limitWindow(grant, timeZone, now);
  const levels = await levelsOf(deps, { organizationId, grant, window });
  const view = toLimitView(snapshot, grant, { levels, rule, now });
  if (view?.percent == null || view.limit === '0') return 0;
  const percent = Number(view.percent);
  const reached = view.thresholds.filter((threshold) => percent >= threshold);
  if (reached.length === 0) return 0;
  return await deps.unitOfWork.run(organizationId, async (tx) => {
    let count = 0;
    for (const threshold of reached) {
      const alert = { feature: view.feature, windowStart: window.start, threshold, firedAt: now };
      if (!(await tx.alerts.record(organizationId, alert))) continue;
      count += 1;
      await sendMails(tx, { snapshot, rule, view, ...alert });
      await tx.messages.add(thresholdReached(organizationId, view, alert));
    }
    return count;
  });
}

async function levelsOf(
  deps: FireAlertsDeps,
  counter: { organizationId: OrganizationId; grant: FeatureGrant; window: { start: Date; end: Date } },
): Promise<CounterLevels> {
  const { organizationId, grant, window } = counter;
  const feature = grant.feature.key;
  if (grant.meter === null) return { used: await deps.gauges.level(organizationId, feature), reserved: '0' };
  return await deps.ledger.levels({ organizationId, feature, window, aggregation: grant.meter.aggregation });
}

async function sendMails(
  tx: AlertTx,
  alert: {
    snapshot: EntitlementSnapshot;
    rule: AlertRule | undefined;
    view: LimitView;
    windowStart: Date;
    threshold: number;
    firedAt: Date;
  },
): Promise<void> {
  const { snapshot, rule, view, threshold } = alert;
  const { organizationId, name, email } = snapshot.facts;
  const recipients = rule === undefined || rule.recipients.length === 0 ? [email] : rule.recipients;
  const words = alertMail({
    organizationName: name,
    featureName: view.name,
    threshold,
    used: view.used,
    limit: view.limit ?? '',
    consequence: view.consequence,
  });
  for (const to of recipients) {
    const dedupeKey = `limit-alert:${organizationId}:${view.feature}:${alert.windowStart.toISOString()}:${threshold}:${to}`;
    await tx.mail.add({
      organizationId,
      to,
      template: 'limit_alert',
      ...words,
      dedupeKey,
      createdAt: alert.firedAt,
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
