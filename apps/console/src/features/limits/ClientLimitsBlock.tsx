import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { ClientLimit, Limit } from '../../app/views.ts';
import { resetText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { measuredText, percentText, quantityText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LimitBar } from '../../ui/LimitBar.tsx';
import { ClientLimitDialog } from './ClientLimitDialog.tsx';

interface ClientLimitsBlockProps {
  limits: readonly Limit[];
  /** Shows those of one client only. */
  client: string | null;
}

/** What single clients may use, set by the organization itself. */
export function ClientLimitsBlock({ limits, client }: ClientLimitsBlockProps) {
  const { slug: organization, timeZone, role } = useOrganization();
  const [edited, setEdited] = useState<ClientLimit | 'new' | null>(null);
  const refusal = role === 'member' ? 'Only owners and admins limit clients.' : null;
  const query = useQuery(
    trpc.limits.clients.queryOptions(
      { organization, ...(client === null ? {} : { client }) },
      { refetchInterval: liveIntervalMs },
    ),
  );
  return (
    <Block
      title="Limits of clients"
      subject="limits of clients"
      query={query}
      shape="table"
      flush
      actions={
        <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => setEdited('new')}>
          Limit a client
        </GuardedButton>
      }
    >
      {(rows) => (
        <>
          {rows.length === 0 ? (
            <EmptyState reason="never" title="No client is limited">
              Give a client a limit of its own, so that one of them cannot use up what all share.
            </EmptyState>
          ) : (
            <DataTable
              caption="Limits of clients"
              rows={rows}
              rowKey={(row) => `${row.client} ${row.feature}`}
              columns={columnsOf({ refusal, timeZone, onEdit: setEdited })}
            />
          )}
          {edited === null ? null : (
            <ClientLimitDialog
              limits={limits}
              known={edited === 'new' ? null : edited}
              client={client}
              onClose={() => setEdited(null)}
            />
          )}
        </>
      )}
    </Block>
  );
}

interface ClientLimitActions {
  refusal: string | null;
  timeZone: string;
  onEdit: (limit: ClientLimit) => void;
}

function columnsOf({ refusal, timeZone, onEdit }: ClientLimitActions): Column<ClientLimit>[] {
  return [
    {
      key: 'client',
      header: 'Client',
      phone: 'title',
      render: (row) => <span className="mg-strong">{row.clientName}</span>,
    },
    { key: 'feature', header: 'Feature', render: (row) => row.name },
    {
      key: 'used',
      header: 'Used of the limit',
      render: (row) => (
        <span className="mg-limit-cell">
          <span className="mg-row mg-row-between mg-figure">
            <span>
              {measuredText(row.used, row.unit)}{' '}
              <span className="mg-muted">
                of {measuredText(row.limit, row.unit)}
                {row.reserved === '0' ? null : ` · ${quantityText(row.reserved)} held`}
              </span>
            </span>
            <span>{row.percent === null ? '' : percentText(row.percent)}</span>
          </span>
          <LimitBar percent={row.percent} label={`${row.clientName}, ${row.name}`} />
        </span>
      ),
    },
    {
      key: 'resets',
      header: 'Starts again',
      render: (row) => <span className="mg-figure">{resetText(row.resetsAt, timeZone)}</span>,
    },
    {
      key: 'do',
      header: '',
      align: 'end',
      phone: 'value',
      render: (row) => (
        <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => onEdit(row)}>
          Change
          <span className="mg-sr-only">
            {' '}
            {row.name} of {row.clientName}
          </span>
        </GuardedButton>
      ),
    },
  ];
}
