import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { FlagDetail } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';
import { FlagOverrideDialog } from './FlagOverrideDialog.tsx';

export function OverridesBlock({ flagKey, query }: { flagKey: string; query: BlockQuery<FlagDetail> }) {
  const session = useSession();
  const refusal = staffRefusal(session, 'super_admin');
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<FlagDetail['overrides'][number] | null>(null);
  const remove = useMutation(
    trpc.admin.flags.removeOverride.mutationOptions({
      onSuccess: (flag) => {
        queryClient.setQueryData(trpc.admin.flags.get.queryKey({ key: flagKey }), flag);
        setRemoved(null);
      },
    }),
  );
  return (
    <Block
      title="Overrides"
      subject="overrides"
      query={query}
      shape="table"
      flush
      actions={
        <GuardedButton
          size="compact-sm"
          variant="default"
          refusal={refusal}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Add an override
        </GuardedButton>
      }
    >
      {(flag) => (
        <>
          {flag.overrides.length === 0 ? (
            <EmptyState reason="never" title="No organization is treated differently" />
          ) : (
            <DataTable
              caption="Overrides"
              rows={flag.overrides}
              rowKey={(row) => row.organization.id}
              columns={overrideColumns({ refusal, onRemove: setRemoved })}
            />
          )}
          {isAdding ? <FlagOverrideDialog flag={flag} onClose={() => setAdding(false)} /> : null}
          {removed === null ? null : (
            <ReasonDialog
              title={`Remove the override of ${removed.organization.name}`}
              opened
              onClose={() => setRemoved(null)}
              confirmLabel="Remove override"
              tone="danger"
              isPending={remove.isPending}
              error={remove.error === null ? null : showError(remove.error)}
              onConfirm={(reason) =>
                remove.mutate({ key: flagKey, organization: removed.organization.slug, reason })
              }
            >
              The rules decide for {removed.organization.name} again, at once.
            </ReasonDialog>
          )}
        </>
      )}
    </Block>
  );
}

interface OverrideActions {
  refusal: string | null;
  onRemove: (override: FlagDetail['overrides'][number]) => void;
}

function overrideColumns({ refusal, onRemove }: OverrideActions): Column<FlagDetail['overrides'][number]>[] {
  return [
    {
      key: 'org',
      header: 'Organization',
      phone: 'title',
      render: (row) => (
        <AppLink className="mg-cell-link" to={paths.adminOrganization(row.organization.slug)}>
          {row.organization.name}
        </AppLink>
      ),
    },
    {
      key: 'value',
      header: 'Value',
      phone: 'value',
      render: (row) =>
        typeof row.value === 'boolean' ? (
          <StatusBadge status={row.value ? 'on' : 'off'} />
        ) : (
          <code>{row.value}</code>
        ),
    },
    { key: 'reason', header: 'Reason', render: (row) => row.reason },
    { key: 'by', header: 'By', phone: 'hidden', render: (row) => row.createdBy },
    {
      key: 'until',
      header: 'Until',
      render: (row) =>
        row.expiresAt === null ? <span className="mg-muted">no end</span> : <DateTime at={row.expiresAt} />,
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      render: (row) =>
        refusal === null ? (
          <Button size="compact-sm" variant="subtle" color="danger" onClick={() => onRemove(row)}>
            Remove<span className="mg-sr-only"> {row.organization.name}</span>
          </Button>
        ) : null,
    },
  ];
}
