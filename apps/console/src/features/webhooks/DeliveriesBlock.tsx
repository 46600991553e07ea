import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { showError } from '../../app/show-error.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { WebhookDelivery } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { DeliveryDialog } from './DeliveryDialog.tsx';
import { deliveriesOptions, useEndpointCommand, type WebhookScope } from './webhook-scope.ts';
import './webhooks.css';

const defaults = { status: 'all', cursor: '' };
const tabs = [
  { value: 'all', label: 'All' },
  { value: 'pending', label: 'Waiting' },
  { value: 'failed', label: 'Failed' },
  { value: 'delivered', label: 'Delivered' },
] as const;

export function DeliveriesBlock({ scope, endpointId }: { scope: WebhookScope; endpointId: string }) {
  const { values, set } = useUrlState(defaults);
  const status = oneOf(values.status, ['all', 'pending', 'failed', 'delivered']);
  const [opened, setOpened] = useState<string | null>(null);
  const query = useQuery(
    deliveriesOptions(scope, {
      endpointId,
      ...(status === 'all' ? {} : { status }),
      ...(values.cursor === '' ? {} : { cursor: values.cursor }),
    }),
  );
  return (
    <>
      <div className="mg-webhook-tabs">
        <Tabs
          label="Deliveries"
          value={status}
          tabs={tabs}
          onChange={(value) => set({ status: value, cursor: '' })}
        />
      </div>
      <Block title="Deliveries" subject="deliveries" query={query} shape="table" flush hideTitle>
        {(page) =>
          page.items.length === 0 ? (
            <NoDeliveries isFiltered={status !== 'all'} />
          ) : (
            <>
              <DataTable
                caption="Deliveries"
                rows={page.items}
                rowKey={(row) => row.id}
                onOpen={(row) => setOpened(row.id)}
                columns={columnsOf(scope, setOpened)}
              />
              <Pager
                cursor={values.cursor}
                nextCursor={page.nextCursor}
                onCursor={(cursor) => set({ cursor })}
              />
            </>
          )
        }
      </Block>
      {opened === null ? null : (
        <DeliveryDialog scope={scope} deliveryId={opened} onClose={() => setOpened(null)} />
      )}
    </>
  );
}

function NoDeliveries({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState reason="filtered" title="No delivery in this state" />
  ) : (
    <EmptyState reason="never" title="Nothing has been sent yet">
      Send a test to see whether your server takes it and whether its signature check is right.
    </EmptyState>
  );
}

function columnsOf(scope: WebhookScope, open: (id: string) => void): Column<WebhookDelivery>[] {
  return [
    {
      key: 'type',
      header: 'Message',
      phone: 'title',
      render: (row) => (
        <button type="button" className="mg-link" onClick={() => open(row.id)}>
          {row.type}
        </button>
      ),
    },
    {
      key: 'status',
      header: 'Status',
      phone: 'value',
      render: (row) => <StatusBadge status={row.status} />,
    },
    { key: 'answer', header: 'Last answer', render: (row) => <AnswerText delivery={row} /> },
    {
      key: 'attempts',
      header: 'Attempts',
      align: 'end',
      render: (row) => <span className="mg-figure">{row.attempts}</span>,
    },
    {
      key: 'at',
      header: 'Since',
      align: 'end',
      render: (row) => <DateTime at={row.createdAt} as="time" />,
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      phone: 'bare',
      render: (row) => (scope.refusal === null ? <Resend scope={scope} delivery={row} /> : null),
    },
  ];
}

function AnswerText({ delivery }: { delivery: WebhookDelivery }) {
  const { responseStatus, error, nextAttemptAt, attempts } = delivery;
  if (attempts === 0) return <span className="mg-muted">not tried yet</span>;
  if (error === null) return <>{responseStatus}</>;
  return (
    <>
      {error}
      {nextAttemptAt === null ? null : (
        <span className="mg-muted">
          {' '}
          · again <DateTime at={nextAttemptAt} as="time" />
        </span>
      )}
    </>
  );
}

function Resend({ scope, delivery }: { scope: WebhookScope; delivery: WebhookDelivery }) {
  const resend = useEndpointCommand(scope, () => scope.calls.resend(delivery.id));
  if (delivery.status === 'pending' && delivery.attempts === 0) return null;
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        loading={resend.isPending}
        onClick={() => resend.mutate(undefined)}
      >
        Send again<span className="mg-sr-only"> {delivery.type}</span>
      </Button>
      {resend.error === null ? null : (
        <span className="mg-field-error" role="alert">
          {showError(resend.error).text}
        </span>
      )}
    </>
  );
}
