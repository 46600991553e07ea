import { type OrganizationId, toPublicId } from '../../shared/ids.ts';
import { formatFixed } from '../../shared/money/decimal.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { EntitlementSnapshot } from '../entitlement-snapshot.ts';
import type { LimitDeps } from '../limit-deps.ts';
import { noLevels } from '../limits.ports.ts';
import { type Budget, budgetWindow } from './budget.ts';
import { type CostPart, costOf, costPartsOf, countersOf } from './budget-cost.ts';
import type { BudgetRepository, ListedBudget } from './budgets.ports.ts';
import type { BudgetView } from './budgets.schemas.ts';

export interface BudgetReadingDeps extends Pick<LimitDeps, 'clock' | 'entitlements' | 'ledger'> {
  unitOfWork: UnitOfWork<{ budgets: Pick<BudgetRepository, 'list'> }>;
}

/** Every budget with its cost so far, the organization's own first; one reading of all totals. */
export async function listBudgets(
  deps: BudgetReadingDeps,
  { organizationId }: { organizationId: OrganizationId },
): Promise<BudgetView[]> {
  const snapshot = await deps.entitlements.snapshotOf(organizationId);
  const budgets = await deps.unitOfWork.run(organizationId, (tx) => tx.budgets.list(organizationId));
  const at = deps.clock.now();
  const costs = await readCosts(deps, snapshot, { budgets, at });
  return budgets.map((budget, n) => toView(snapshot, budget, { costMinor: costs[n] ?? 0n, at }));
}

/** What each of the budgets has cost in its running window, in minor units. */
export async function readCosts(
  { ledger }: Pick<LimitDeps, 'ledger'>,
  snapshot: EntitlementSnapshot,
  { budgets, at }: { budgets: readonly Budget[]; at: Date },
): Promise<bigint[]> {
  const parts: CostPart[][] = budgets.map((budget) => costPartsOf(snapshot, budget, at));
  const keys = parts.flatMap(countersOf);
  const read = keys.length === 0 ? () => noLevels : await ledger.allLevels(keys);
  return parts.map((ofBudget) => costOf(ofBudget, read));
}

/** Cost in percent of the amount; an amount of zero is used up as soon as something costs. */
export function budgetPercent(costMinor: bigint, amountMinor: bigint): string | null {
  if (amountMinor === 0n) return costMinor > 0n ? '100.00' : null;
  return formatFixed((costMinor * 10_000n) / amountMinor, 2);
}

function toView(
  snapshot: EntitlementSnapshot,
  budget: ListedBudget,
  { costMinor, at }: { costMinor: bigint; at: Date },
): BudgetView {
  const { clientId, amountMinor, currency, lastAlert } = budget;
  const window = budgetWindow(snapshot, budget, at);
  const isOfThisWindow = lastAlert?.windowStart.getTime() === window.start.getTime();
  return {
    client: clientId === null ? null : toPublicId('client', clientId),
    clientName: budget.clientName,
    amount: { amountMinor: amountMinor.toString(), currency },
    cost: { amountMinor: costMinor.toString(), currency: snapshot.facts.currency },
    percent: budgetPercent(costMinor, amountMinor),
    period: budget.period,
    window: { start: window.start.toISOString(), end: window.end.toISOString() },
    onReached: budget.onReached,
    thresholds: [...budget.thresholds],
    lastAlert:
      lastAlert !== null && isOfThisWindow
        ? { threshold: lastAlert.threshold, firedAt: lastAlert.firedAt.toISOString() }
        : null,
    consequence: consequenceOf(budget),
    asOf: at.toISOString(),
  };
}

function consequenceOf({ onReached, clientId }: Budget): string {
  const whose = clientId === null ? '' : ' of this client';
  return onReached === 'block'
    ? `What would cost more is refused. Usage${whose} that is reported afterwards is still recorded and charged.`
    : 'Work goes on, and you are told.';
}
