import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { Budget } from '../../app/views.ts';
import { Amount } from '../../components/Amount.tsx';
import { dateText, periodText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { percentText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';
import { BudgetDialog } from './BudgetDialog.tsx';

/** What usage may cost, by the organization or by one client; for those who see amounts. */
export function BudgetsBlock({ client }: { client: string | null }) {
  const { slug: organization, name, timeZone } = useOrganization();
  const [edited, setEdited] = useState<Budget | 'new' | null>(null);
  const query = useQuery(
    trpc.budgets.list.queryOptions({ organization }, { refetchInterval: liveIntervalMs }),
  );
  return (
    <Block
      title="Budgets"
      subject="budgets"
      query={query}
      shape="table"
      flush
      actions={
        <GuardedButton size="compact-sm" variant="default" refusal={null} onClick={() => setEdited('new')}>
          Set a budget
        </GuardedButton>
      }
    >
      {(budgets) => {
        const rows = budgets.filter((budget) => client === null || budget.client === client);
        return (
          <>
            {rows.length === 0 ? (
              <EmptyState reason="never" title="No budget yet">
                Say what usage may cost in a month, and whether anything stops there.
              </EmptyState>
            ) : (
              <DataTable
                caption="Budgets"
                rows={rows}
                rowKey={(row) => row.client ?? 'organization'}
                columns={columnsOf({ organizationName: name, timeZone, onEdit: setEdited })}
              />
            )}
            {edited === null ? null : (
              <BudgetDialog
                known={edited === 'new' ? null : edited}
                hasOwn={budgets.some((budget) => budget.client === null)}
                client={client}
                onClose={() => setEdited(null)}
              />
            )}
          </>
        );
      }}
    </Block>
  );
}

interface BudgetColumns {
  organizationName: string;
  timeZone: string;
  onEdit: (budget: Budget) => void;
}

function columnsOf({ organizationName, timeZone, onEdit }: BudgetColumns): Column<Budget>[] {
  return [
    {
      key: 'whose',
      header: 'Budget of',
      phone: 'title',
      render: (row) => (
        <span className="mg-cell-two">
          <span className="mg-strong">{row.clientName ?? organizationName}</span>
          <span className="mg-muted mg-caption">
            {row.period === 'calendar_month' ? 'Calendar month' : 'Billing period'}{' '}
            {periodText(row.window, timeZone)}
          </span>
        </span>
      ),
    },
    { key: 'cost', header: 'Cost so far', render: (row) => <CostOfBudget budget={row} /> },
    {
      key: 'onReached',
      header: 'At the amount',
      render: (row) => (
        <span className="mg-cell-two">
          <span>{row.onReached === 'block' ? 'Refuses what would cost more' : 'Only tells you'}</span>
          <span className="mg-muted mg-caption">{row.consequence}</span>
        </span>
      ),
    },
    {
      key: 'alert',
      header: 'Last alert',
      render: (row) =>
        row.lastAlert === null
          ? '—'
          : `${row.lastAlert.threshold} % on ${dateText(row.lastAlert.firedAt, timeZone)}`,
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      phone: 'value',
      render: (row) => (
        <GuardedButton size="compact-sm" variant="default" refusal={null} onClick={() => onEdit(row)}>
          Change<span className="mg-sr-only"> the budget of {row.clientName ?? organizationName}</span>
        </GuardedButton>
      ),
    },
  ];
}

function CostOfBudget({ budget: { cost, amount, percent, clientName } }: { budget: Budget }) {
  return (
    <span className="mg-limit-cell">
      <span className="mg-row mg-row-between mg-figure">
        <span>
          <Amount minor={cost.amountMinor} currency={cost.currency} />{' '}
          <span className="mg-muted">
            of <Amount minor={amount.amountMinor} currency={amount.currency} />
          </span>
        </span>
        <span>{percent === null ? '' : percentText(percent)}</span>
      </span>
      <LimitBar percent={percent} label={clientName === null ? 'Budget' : `Budget of ${clientName}`} />
    </span>
  );
}
