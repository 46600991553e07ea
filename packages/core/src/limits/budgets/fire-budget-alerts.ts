import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { OutgoingMessage } from '../../shared/outgoing-messages.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { reachedOf } from '../alerts/reached-thresholds.ts';
import type { EntitlementSnapshot } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { type Budget, budgetWindow } from './budget.ts';
import { budgetMail } from './budget-mail.ts';
import type { BudgetAlertReader, BudgetAlertTx, FiredBudgetAlert } from './budgets.ports.ts';
import { budgetPercent, readCosts } from './list-budgets.ts';

export interface FireBudgetAlertsDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger'> {
  alertReader: BudgetAlertReader;
  unitOfWork: UnitOfWork<BudgetAlertTx>;
}

/**
 * Looks at every budget of an organization whose usage moved and records each share reached, once per window, with
 * its mail and its message in the same transaction. Safe to repeat and to run in several processes. Answers how many
 * were new.
 */
export async function fireBudgetAlerts(
  deps: FireBudgetAlertsDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<number> {
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const { currency } = snapshot.facts;
  // In one order, so that two processes which look at the same budgets do not wait for each other in a circle.
  const budgets = [...snapshot.facts.budgets.values()]
    .filter((budget) => budget.currency === currency)
    .toSorted((a, b) => ((a.clientId ?? '') < (b.clientId ?? '') ? -1 : 1));
  if (budgets.length === 0) return 0;
  const at = deps.clock.now();
  const costs = await readCosts(deps, snapshot, { budgets, at });
  const reached = budgets.flatMap((budget, n) =>
    alertsOf(budget, {
      costMinor: costs[n] ?? 0n,
      windowStart: budgetWindow(snapshot, budget, at).start,
      at,
    }),
  );
  if (reached.length === 0) return 0;
  const untold = await deps.alertReader.untoldBudgetAlerts(organizationId, reached);
  if (untold.length === 0) return 0;
  const ofBudgets = Map.groupBy(untold, ({ clientId }) => clientId);
  return await deps.unitOfWork.run(organizationId, async (tx) => {
    let count = 0;
    for (const alerts of ofBudgets.values()) count += await fire(tx, snapshot, alerts);
    return count;
  });
}

/** Of one budget, lowest first. Who crosses several at once is mailed the highest, which says it all. */
async function fire(
  tx: BudgetAlertTx,
  snapshot: EntitlementSnapshot,
  alerts: readonly ReachedShare[],
): Promise<number> {
  const { organizationId } = snapshot.facts;
  const fired: ReachedShare[] = [];
  for (const alert of alerts) {
    if (!(await tx.budgets.recordAlert(organizationId, alert))) continue;
    fired.push(alert);
    await tx.messages.add(budgetReached(organizationId, alert));
  }
  const highest = fired.at(-1);
  if (highest !== undefined) await sendMail(tx, snapshot, highest);
  return fired.length;
}

type ReachedShare = FiredBudgetAlert & Pick<Budget, 'onReached'>;

function alertsOf(
  { clientId, amountMinor, currency, thresholds, onReached }: Budget,
  { costMinor, windowStart, at }: { costMinor: bigint; windowStart: Date; at: Date },
): ReachedShare[] {
  const percent = Number(budgetPercent(costMinor, amountMinor) ?? 0);
  return reachedOf(thresholds, percent).map((threshold) => ({
    clientId,
    windowStart,
    threshold,
    costMinor,
    amountMinor,
    currency,
    firedAt: at,
    onReached,
  }));
}

async function sendMail(
  tx: BudgetAlertTx,
  { facts }: EntitlementSnapshot,
  alert: ReachedShare,
): Promise<void> {
  const { organizationId, name: organizationName, email: to } = facts;
  const { clientId, firedAt } = alert;
  const client = clientId === null ? undefined : await tx.clients.find(organizationId, clientId);
  const words = budgetMail({ ...alert, organizationName, clientName: client?.name ?? null });
  await tx.mail.add({
    organizationId,
    to,
    template: 'budget_alert',
    ...words,
    dedupeKey: `${factOf(alert)}:${organizationId}:${to}`,
    createdAt: firedAt,
  });
}

function budgetReached(organizationId: OrganizationId, alert: ReachedShare): OutgoingMessage {
  const { clientId, threshold, windowStart, costMinor, amountMinor, currency, onReached } = alert;
  return {
    organizationId,
    type: 'budget.reached',
    fact: factOf(alert),
    data: {
      client: clientId === null ? null : toPublicId('client', clientId),
      threshold,
      costMinor: costMinor.toString(),
      amountMinor: amountMinor.toString(),
      currency,
      onReached,
      windowStart: windowStart.toISOString(),
    },
    occurredAt: alert.firedAt,
  };
}

function factOf({ clientId, windowStart, threshold }: ReachedShare): string {
  return `budget:${clientId ?? 'organization'}:${windowStart.toISOString()}:${threshold}`;
}
