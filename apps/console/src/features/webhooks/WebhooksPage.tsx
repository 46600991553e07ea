import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { WebhookEndpoint } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { CreateEndpointDialog } from './CreateEndpointDialog.tsx';
import { useOrganizationScope, usePlatformScope, type WebhookScope } from './webhook-scope.ts';

export function WebhooksPage() {
  return (
    <Endpoints
      scope={useOrganizationScope()}
      lead="What happens here is told to your servers as it happens."
    />
  );
}

export function AdminWebhooksPage() {
  return (
    <Endpoints
      scope={usePlatformScope()}
      lead="Endpoints of the platform itself: they hear about every organization."
    />
  );
}

function Endpoints({ scope, lead }: { scope: WebhookScope; lead: string }) {
  const [isCreating, setCreating] = useState(false);
  const query = useQuery({ queryKey: [...scope.key, 'list'], queryFn: scope.calls.list });
  const add = (
    <GuardedButton
      leftSection={<IconPlus size={16} aria-hidden />}
      refusal={scope.refusal}
      onClick={() => setCreating(true)}
    >
      Add an endpoint
    </GuardedButton>
  );
  return (
    <>
      <PageHeader title="Webhooks" context={scope.name} lead={lead} actions={add} />
      <Block title="Endpoints" subject="endpoints" query={query} shape="table" flush hideTitle>
        {(endpoints) =>
          endpoints.length === 0 ? (
            <EmptyState reason="never" title="No endpoint yet">
              Add the address of a server that should hear about plans, limits and invoices. Every message is
              signed and tried for three days.
            </EmptyState>
          ) : (
            <DataTable
              caption="Endpoints"
              rows={endpoints}
              rowKey={(row) => row.id}
              columns={columnsOf(scope)}
            />
          )
        }
      </Block>
      {isCreating ? <CreateEndpointDialog scope={scope} onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function columnsOf(scope: WebhookScope): Column<WebhookEndpoint>[] {
  return [
    {
      key: 'url',
      header: 'Endpoint',
      phone: 'title',
      render: (row) => (
        <span className="mg-cell-two">
          <AppLink className="mg-cell-link" to={scope.endpointPath(row.id)}>
            {row.description === '' ? row.url : row.description}
          </AppLink>
          {row.description === '' ? null : <span className="mg-muted mg-caption">{row.url}</span>}
        </span>
      ),
    },
    {
      key: 'types',
      header: 'Hears',
      render: (row) => typesText(row.types),
    },
    { key: 'state', header: 'State', phone: 'value', render: (row) => <StatusBadge status={row.state} /> },
    {
      key: 'created',
      header: 'Added',
      align: 'end',
      render: (row) => (
        <DateTime
          at={row.createdAt}
          {...(scope.timeZone === undefined ? {} : { timeZone: scope.timeZone })}
        />
      ),
    },
  ];
}

export function typesText(types: readonly string[]): string {
  if (types.length === 0) return 'Everything';
  return types.length === 1 ? String(types[0]) : `${types.length} types`;
}
