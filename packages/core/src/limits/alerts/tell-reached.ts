import type { OrganizationId } from '../../shared/ids.ts';
import type { OutgoingMessage } from '../../shared/outgoing-messages.ts';
import type { Period } from '../../shared/time/period.ts';
import type { EntitlementSnapshot } from '../entitlement-snapshot.ts';
import type { LimitView } from '../limits.schemas.ts';
import { alertMail } from './alert-mail.ts';
import type { AlertRule, AlertTx, FiredAlert } from './alerts.ports.ts';

interface Reached {
  snapshot: EntitlementSnapshot;
  rule: AlertRule | undefined;
  view: LimitView;
  window: Period;
}

/**
 * Records thresholds of one window with their messages and one mail to each recipient. Answers how many of them nobody
 * had recorded before.
 * @param reached thresholds in percent of the limit, lowest first
 */
export async function tellReached(
  tx: AlertTx,
  reached: Reached & { thresholds: readonly number[]; now: Date },
): Promise<number> {
  const { snapshot, view, window, thresholds, now } = reached;
  const { organizationId } = snapshot.facts;
  const fired: FiredAlert[] = [];
  for (const threshold of thresholds) {
    const alert = { feature: view.feature, windowStart: window.start, threshold, firedAt: now };
    if (!(await tx.alerts.record(organizationId, alert))) continue;
    fired.push(alert);
    await tx.messages.add(thresholdReached(organizationId, view, alert));
  }
  // Who crosses several at once is told of the highest, which says it all.
  const highest = fired.at(-1);
  if (highest !== undefined) await sendMails(tx, { ...reached, ...highest });
  return fired.length;
}

async function sendMails(
  tx: AlertTx,
  alert: Reached & Pick<FiredAlert, 'threshold' | 'firedAt'>,
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
