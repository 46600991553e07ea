import type { AlertReader, AlertRule } from '@metergate/core/limits/alerts/alerts.ports';
import type { BudgetAlertKey, BudgetAlertReader } from '@metergate/core/limits/budgets/budgets.ports';
import type pg from 'pg';
import { inReadingTransaction } from '../usage/reading-transaction.ts';
import { nilClient } from './counter-lookup.ts';

interface StandingRow {
  feature: string;
  thresholds: number[] | null;
  recipients: string[] | null;
  windowStart: Date | null;
  told: number[] | null;
}

/** By key and in one statement, because every organization that uses anything is looked at each second. */
const readStanding = {
  name: 'alert_standing',
  text: `select feature, thresholds, recipients, null::timestamptz as "windowStart", null::int[] as told
           from alert_rules where organization_id = $1 and feature = any($2::text[])
         union all
         select feature, null, null, window_start, array_agg(threshold)
           from alerts_fired
          where organization_id = $1 and feature = any($2::text[]) and window_start = any($3::timestamptz[])
          group by feature, window_start`,
};

const readToldOfBudgets = {
  name: 'told_of_budgets',
  text: `select client_id as "clientId", window_start as "windowStart", threshold from budget_alerts
          where organization_id = $1 and client_id = any($2::uuid[]) and window_start = any($3::timestamptz[])`,
};

export function createAlertReader(pool: pg.Pool): AlertReader & BudgetAlertReader {
  const rowsOf = <Row extends pg.QueryResultRow>(organizationId: string, query: pg.QueryConfig) =>
    inReadingTransaction(
      pool,
      { organizationId, planning: 'by key' },
      async (client) => (await client.query<Row>(query)).rows,
    );
  return {
    async standing(organizationId, windows) {
      const features = [...new Set(windows.map(({ feature }) => feature))];
      const starts = [...new Set(windows.map(({ windowStart }) => windowStart.toISOString()))];
      const rows = await rowsOf<StandingRow>(organizationId, {
        ...readStanding,
        values: [organizationId, features, starts],
      });
      const rules = new Map<string, AlertRule>();
      const told = new Set<string>();
      for (const { feature, thresholds, recipients, windowStart, told: recorded } of rows) {
        if (thresholds !== null) rules.set(feature, { feature, thresholds, recipients: recipients ?? [] });
        for (const threshold of recorded ?? []) told.add(`${feature} ${windowStart?.getTime()} ${threshold}`);
      }
      return {
        rules,
        isTold: ({ feature, windowStart, threshold }) =>
          told.has(`${feature} ${windowStart.getTime()} ${threshold}`),
      };
    },
    async untoldBudgetAlerts(organizationId, alerts) {
      const clients = [...new Set(alerts.map(({ clientId }) => clientId ?? nilClient))];
      const starts = [...new Set(alerts.map(({ windowStart }) => windowStart.toISOString()))];
      const rows = await rowsOf<BudgetAlertKey>(organizationId, {
        ...readToldOfBudgets,
        values: [organizationId, clients, starts],
      });
      const told = new Set(rows.map(keyOf));
      return alerts.filter((alert) => !told.has(keyOf(alert)));
    },
  };
}

function keyOf({ clientId, windowStart, threshold }: BudgetAlertKey): string {
  return `${clientId ?? nilClient} ${windowStart.getTime()} ${threshold}`;
}
