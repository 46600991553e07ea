import { IconCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { AdminOrganization } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

interface OverviewTabProps {
  organization: string;
  query: BlockQuery<AdminOrganization>;
}

export function OverviewTab({ organization, query }: OverviewTabProps) {
  return (
    <div className="mg-grid" data-align="start">
      <div data-span="6">
        <Block title="Timeline" subject="the timeline" query={query} shape="table">
          {({ timeline }) =>
            timeline.length === 0 ? (
              <EmptyState reason="never" title="Nothing has happened yet" />
            ) : (
              <ol className="mg-entries">
                {timeline.map((entry) => (
                  <li key={`${entry.at} ${entry.text}`}>
                    <span className="mg-muted mg-caption">
                      <DateTime at={entry.at} as="relative" />
                      <br />
                      {entry.kind}
                    </span>
                    {entry.link === null ? (
                      <span>{entry.text}</span>
                    ) : (
                      <AppLink to={entry.link}>{entry.text}</AppLink>
                    )}
                  </li>
                ))}
              </ol>
            )
          }
        </Block>
      </div>
      <div data-span="6" className="mg-stack-lg">
        <DriftBlock organization={organization} />
        <Block title="Flags in effect" subject="flags" query={query} flush>
          {({ flags }) =>
            flags.length === 0 ? (
              <EmptyState reason="never" title="No flags" />
            ) : (
              <DataTable
                caption="Flags in effect"
                rows={flags}
                rowKey={(row) => row.key}
                columns={[
                  {
                    key: 'key',
                    header: 'Flag',
                    phone: 'title',
                    render: (row) => (
                      <AppLink className="mg-cell-link" to={paths.adminFlag(row.key, { org: organization })}>
                        {row.key}
                      </AppLink>
                    ),
                  },
                  { key: 'rule', header: 'Decided by', render: (row) => row.rule.replaceAll('_', ' ') },
                  {
                    key: 'value',
                    header: 'Value',
                    align: 'end',
                    phone: 'value',
                    render: (row) =>
                      typeof row.value === 'boolean' ? (
                        <StatusBadge status={row.value ? 'on' : 'off'} />
                      ) : (
                        <code>{row.value}</code>
                      ),
                  },
                ]}
              />
            )
          }
        </Block>
      </div>
    </div>
  );
}

function DriftBlock({ organization }: { organization: string }) {
  const session = useSession();
  const [isAsking, setAsking] = useState(false);
  const query = useQuery(trpc.admin.organizations.drift.queryOptions({ organization }));
  const resync = useMutation(
    trpc.admin.organizations.resync.mutationOptions({
      onSuccess: (rows) => {
        queryClient.setQueryData(trpc.admin.organizations.drift.queryKey({ organization }), rows);
        setAsking(false);
      },
    }),
  );
  const differing = (query.data ?? []).filter((row) => !row.equal).length;
  return (
    <Block
      title={
        query.data === undefined
          ? 'Drift: ours and Stripe’s'
          : differing === 0
            ? 'No drift: ours equals Stripe’s'
            : `Drift: ${differing} ${differing === 1 ? 'field differs' : 'fields differ'}`
      }
      subject="the comparison"
      query={query}
      shape="table"
      flush
      actions={
        <GuardedButton
          size="compact-sm"
          variant="default"
          refusal={staffRefusal(session, 'billing_ops')}
          onClick={() => setAsking(true)}
        >
          Resync
        </GuardedButton>
      }
    >
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState reason="never" title="Nothing to compare yet" />
        ) : (
          <>
            <DataTable
              caption="Drift"
              rows={rows}
              rowKey={(row) => `${row.object} ${row.field}`}
              columns={[
                {
                  key: 'field',
                  header: 'Field',
                  phone: 'title',
                  render: (row) => (
                    <span className="mg-cell-two">
                      <span>{row.field}</span>
                      <span className="mg-muted mg-caption">{row.object}</span>
                    </span>
                  ),
                },
                {
                  key: 'local',
                  header: 'Ours',
                  render: (row) => <DriftCell value={row.local} isEqual={row.equal} />,
                },
                {
                  key: 'remote',
                  header: 'Stripe’s',
                  render: (row) => <DriftCell value={row.remote} isEqual={row.equal} />,
                },
                {
                  key: 'equal',
                  header: 'Equal',
                  align: 'end',
                  phone: 'value',
                  render: (row) =>
                    row.equal ? (
                      <IconCheck size={16} className="mg-tone-ok" aria-label="equal" />
                    ) : (
                      <IconX size={16} className="mg-tone-danger" aria-label="differs" />
                    ),
                },
              ]}
            />
            {isAsking ? (
              <ReasonDialog
                title="Resync from Stripe"
                opened
                onClose={() => setAsking(false)}
                confirmLabel="Resync"
                isPending={resync.isPending}
                error={resync.error === null ? null : showError(resync.error)}
                onConfirm={(reason) => resync.mutate({ organization, reason })}
              >
                {differing === 0
                  ? 'Nothing differs now; the state is read again.'
                  : `${differing} of ${rows.length} fields take Stripe’s value. Nothing is charged.`}
              </ReasonDialog>
            ) : null}
          </>
        )
      }
    </Block>
  );
}

function DriftCell({ value, isEqual }: { value: string | null; isEqual: boolean }) {
  return (
    <code className="mg-drift-cell" data-equal={isEqual}>
      {value ?? '—'}
    </code>
  );
}
