import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { EntitlementSnapshot } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { type Budget, budgetWindow } from './budget.ts';
import { budgetMail } from './budget-mail.ts';
import type { BudgetAlertTx, FiredBudgetAlert } from './budgets.ports.ts';
import { budgetPercent, readCosts } from './list-budgets.ts';

export interface FireBudgetAlertsDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger'> {
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
  const budgets = [...snapshot.facts.budgets.values()].filter((budget) => budget.currency === currency);
  if (budgets.length === 0) return 0;
  const at = deps.clock.now();
  const costs = await readCosts(deps, snapshot, { budgets, at });
  const alerts = budgets.flatMap((budget, n) =>
    alertsOf(budget, {
      costMinor: costs[n] ?? 0n,
      windowStart: budgetWindow(snapshot, budget, at).start,
      at,
    }),
  );
  if (alerts.length === 0) return 0;
  return await deps.unitOfWork.run(organizationId, async (tx) => {
    let count = 0;
    for (const alert of alerts) {
      if (!(await tx.budgets.recordAlert(organizationId, alert))) continue;
      count += 1;
      await tell(tx, snapshot, alert);
    }
    return count;
  });
}

function alertsOf(
  { clientId, amountMinor, currency, thresholds, onReached }: Budget,
  { costMinor, windowStart, at }: { costMinor: bigint; windowStart: Date; at: Date },
): (FiredBudgetAlert & Pick<Budget, 'onReached'>)[] {
  const percent = Number(budgetPercent(costMinor, amountMinor) ?? 0);
  return thresholds
    .filter((threshold) => percent >= threshold)
    .map((threshold) => ({
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

async function tell(
  tx: BudgetAlertTx,
  { facts }: EntitlementSnapshot,
  alert: FiredBudgetAlert & Pick<Budget, 'onReached'>,
): Promise<void> {
  const { organizationId, name: organizationName, email: to } = facts;
  const { clientId, threshold, windowStart, firedAt, costMinor, amountMinor, currency } = alert;
  const client = clientId === null ? undefined : await tx.clients.find(organizationId, clientId);
  const fact = `budget:${clientId ?? 'organization'}:${windowStart.toISOString()}:${threshold}`;
  const words = budgetMail({ ...alert, organizationName, clientName: client?.name ?? null });
  await tx.mail.add({
    organizationId,
    to,
    template: 'budget_alert',
    ...words,
    dedupeKey: `${fact}:${organizationId}:${to}`,
    createdAt: firedAt,
  });
  await tx.messages.add({
    organizationId,
    type: 'budget.reached',
    fact,
    data: {
      client: clientId === null ? null : toPublicId('client', clientId),
      threshold,
      costMinor: costMinor.toString(),
      amountMinor: amountMinor.toString(),
      currency,
      onReached: alert.onReached,
      windowStart: windowStart.toISOString(),
    },
    occurredAt: firedAt,
  });
}
