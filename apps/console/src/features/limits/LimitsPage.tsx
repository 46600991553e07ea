import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { Limit } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { AlertDialog } from './AlertDialog.tsx';
import { BudgetsBlock } from './BudgetsBlock.tsx';
import { ClientLimitsBlock } from './ClientLimitsBlock.tsx';
import { LevelsBlock } from './LevelsBlock.tsx';
import { limitColumns } from './limit-columns.tsx';
import './limits.css';

const defaults = { client: '' };

export function LimitsPage() {
  const { slug: organization, name, timeZone, role, seesMoney } = useOrganization();
  const [edited, setEdited] = useState<Limit | null>(null);
  const { values } = useUrlState(defaults);
  const client = values.client === '' ? null : values.client;
  const query = useQuery(
    trpc.limits.list.queryOptions({ organization }, { refetchInterval: liveIntervalMs }),
  );
  const refusal = role === 'member' ? 'Only owners and admins change alerts.' : null;
  const columns = limitColumns({ organization, timeZone, seesMoney, refusal, onEdit: setEdited });
  return (
    <>
      <PageHeader
        title="Limits and budgets"
        context={name}
        lead="What your plan includes, what usage may cost, what happens there, and when we tell you."
      />
      <div className="mg-stack-lg">
        <Block title="Limits" subject="limits" query={query} shape="table" flush hideTitle>
          {(limits) =>
            limits.length === 0 ? (
              <EmptyState
                reason="never"
                title="No limits yet"
                action={<ButtonLink to={paths.plans(organization)}>See plans</ButtonLink>}
              >
                Limits come with a plan.
              </EmptyState>
            ) : (
              <DataTable
                caption="Limits"
                rows={limits}
                rowKey={(row) => `${row.family}/${row.feature}`}
                columns={columns}
              />
            )
          }
        </Block>
        <LevelsBlock query={query} />
        {values.client === '' ? null : (
          <p>
            Only one client is shown below. <AppLink to={paths.limits(organization)}>Show all</AppLink>
          </p>
        )}
        {seesMoney ? <BudgetsBlock client={client} /> : null}
        <ClientLimitsBlock limits={query.data ?? []} client={client} />
      </div>
      {edited === null ? null : <AlertDialog limit={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
