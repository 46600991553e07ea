import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { CreateKeyDialog } from './CreateKeyDialog.tsx';

export function ApiKeysPage() {
  const { slug: organization, name, timeZone } = useOrganization();
  const [isCreating, setCreating] = useState(false);
  const query = useQuery(trpc.apiKeys.list.queryOptions({ organization }));
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.apiKeys.list.queryFilter()),
    }),
  );
  return (
    <>
      <PageHeader
        title="API keys"
        context={name}
        lead="Your product’s back end uses them to report usage and to ask for limits."
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            Create a key
          </Button>
        }
      />
      {revoke.error === null ? null : (
        <div className="mg-notices">
          <Notice tone="danger" role="alert">
            {showError(revoke.error).text}
          </Notice>
        </div>
      )}
      <Block title="API keys" subject="API keys" query={query} shape="table" flush hideTitle>
        {(keys) =>
          keys.length === 0 ? (
            <EmptyState reason="never" title="No key yet">
              Give each service its own key with only the scopes it needs, so that one can be revoked alone.
            </EmptyState>
          ) : (
            <DataTable
              caption="API keys"
              rows={keys}
              rowKey={(row) => row.id}
              columns={[
                {
                  key: 'name',
                  header: 'Key',
                  phone: 'title',
                  render: (row) => (
                    <span className="mg-cell-two">
                      <span className="mg-strong">{row.name}</span>
                      <code className="mg-muted">{row.prefix}…</code>
                    </span>
                  ),
                },
                {
                  key: 'scopes',
                  header: 'May',
                  render: (row) => (
                    <span className="mg-row">
                      {row.scopes.map((scope) => (
                        <span key={scope} className="mg-tag">
                          {scope}
                        </span>
                      ))}
                    </span>
                  ),
                },
                {
                  key: 'used',
                  header: 'Last used',
                  render: (row) =>
                    row.lastUsedAt === null ? (
                      <span className="mg-muted">never</span>
                    ) : (
                      <DateTime at={row.lastUsedAt} as="relative" />
                    ),
                },
                {
                  key: 'expires',
                  header: 'Expires',
                  render: (row) =>
                    row.expiresAt === null ? (
                      <span className="mg-muted">never</span>
                    ) : (
                      <DateTime at={row.expiresAt} timeZone={timeZone} />
                    ),
                },
                {
                  key: 'do',
                  header: '',
                  align: 'end',
                  phone: 'value',
                  render: (row) =>
                    row.revokedAt === null ? (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        color="danger"
                        loading={revoke.isPending}
                        onClick={() => revoke.mutate({ organization, keyId: row.id })}
                      >
                        Revoke<span className="mg-sr-only"> {row.name}</span>
                      </Button>
                    ) : (
                      <StatusBadge status="revoked" />
                    ),
                },
              ]}
            />
          )
        }
      </Block>
      {isCreating ? <CreateKeyDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}
