import { asId, type ClientId } from '@metergate/core';
import type { Budget } from '@metergate/core/limits/budgets/budget';
import type { BudgetRepository, ListedBudget } from '@metergate/core/limits/budgets/budgets.ports';
import type { BudgetAlert, Budget as BudgetRow } from '../generated/client.ts';
import type { PrismaTransaction } from '../prisma-transaction.ts';
import { nilClient } from '../queries/limits/counter-lookup.ts';

export function createBudgetRepository(tx: PrismaTransaction): BudgetRepository {
  return {
    async list(organizationId) {
      const rows = await tx.budget.findMany({ where: { organizationId } });
      const clients = await tx.client.findMany({
        where: { organizationId, id: { in: rows.map(({ clientId }) => clientId) } },
        select: { id: true, name: true },
      });
      const alerts = await tx.budgetAlert.findMany({
        where: { organizationId },
        orderBy: [{ clientId: 'asc' }, { firedAt: 'desc' }, { threshold: 'desc' }],
        distinct: ['clientId'],
      });
      const names = new Map(clients.map(({ id, name }) => [id, name]));
      const latest = new Map(alerts.map((alert) => [alert.clientId, alert]));
      return rows
        .map((row) => toListed(row, { name: names.get(row.clientId), alert: latest.get(row.clientId) }))
        .toSorted(byName);
    },
    async find(organizationId, clientId) {
      const row = await tx.budget.findUnique({
        where: { organizationId_clientId: { organizationId, clientId: clientId ?? nilClient } },
      });
      return row === null ? undefined : fromRow(row);
    },
    async largestOfClients(organizationId) {
      const { _max } = await tx.budget.aggregate({
        where: { organizationId, clientId: { not: nilClient } },
        _max: { amountMinor: true },
      });
      return _max.amountMinor ?? 0n;
    },
    async put(organizationId, { clientId: whose, thresholds, ...columns }) {
      const clientId = whose ?? nilClient;
      const data = { ...columns, thresholds: [...thresholds] };
      await tx.budget.upsert({
        where: { organizationId_clientId: { organizationId, clientId } },
        create: { organizationId, clientId, ...data },
        update: data,
      });
    },
    async remove(organizationId, clientId) {
      await tx.budget.deleteMany({ where: { organizationId, clientId: clientId ?? nilClient } });
    },
    async recordAlert(organizationId, alert) {
      const { clientId, windowStart, threshold, costMinor, amountMinor, currency, firedAt } = alert;
      const row = { windowStart, threshold, costMinor, amountMinor, currency, firedAt };
      const { count } = await tx.budgetAlert.createMany({
        data: [{ organizationId, clientId: clientId ?? nilClient, ...row }],
        skipDuplicates: true,
      });
      return count === 1;
    },
  };
}

function toListed(
  row: BudgetRow,
  { name, alert }: { name: string | undefined; alert: BudgetAlert | undefined },
): ListedBudget {
  const lastAlert =
    alert === undefined
      ? null
      : { threshold: alert.threshold, windowStart: alert.windowStart, firedAt: alert.firedAt };
  return { ...fromRow(row), clientName: name ?? null, lastAlert };
}

function fromRow({ clientId, amountMinor, currency, thresholds, ...row }: BudgetRow): Budget {
  return {
    clientId: clientIdOf(clientId),
    amountMinor,
    currency,
    period: row.period === 'calendar_month' ? 'calendar_month' : 'billing_period',
    onReached: row.onReached === 'block' ? 'block' : 'alert',
    thresholds,
  };
}

function clientIdOf(stored: string): ClientId | null {
  return stored === nilClient ? null : asId('client', stored);
}

/** The organization's own first. */
function byName(a: ListedBudget, b: ListedBudget): number {
  if (a.clientId === null) return -1;
  if (b.clientId === null) return 1;
  return (a.clientName ?? '').localeCompare(b.clientName ?? '');
}
