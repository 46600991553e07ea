import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs, queryClient } from '../../app/query-client.ts';
import { staffRefusal, useSession } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import type { InboundEventDetail } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';
import { lagText } from './lag-text.ts';
import { ReplayAnswer } from './ReplayAnswer.tsx';

export function EventPage() {
  const { event: id = '' } = useParams({ strict: false });
  const [isAsking, setAsking] = useState(false);
  const query = useQuery(trpc.admin.events.get.queryOptions({ id }, { refetchInterval: liveIntervalMs }));
  const dryRun = useMutation(trpc.admin.events.dryRun.mutationOptions());
  const replay = useMutation(
    trpc.admin.events.replay.mutationOptions({
      onSuccess: async () => {
        setAsking(false);
        await queryClient.invalidateQueries();
      },
    }),
  );
  const event = query.data;
  const answer = replay.data ?? dryRun.data;
  return (
    <>
      <PageHeader
        title={event?.type ?? 'Event'}
        context="Admin"
        above={<AppLink to={paths.adminEvents()}>Events</AppLink>}
        lead={event === undefined ? ' ' : <Lead event={event} />}
        actions={
          <Actions
            isTrying={dryRun.isPending}
            onDryRun={() => dryRun.mutate({ id })}
            onReplay={() => setAsking(true)}
          />
        }
      />
      {dryRun.error === null ? null : (
        <div className="mg-notices">
          <Notice tone="danger" role="alert">
            {showError(dryRun.error).text}
          </Notice>
        </div>
      )}
      {answer === undefined ? null : <ReplayAnswer answer={answer} />}
      <div className="mg-grid" data-align="start">
        <div data-span="7" className="mg-stack-lg">
          <MainBlocks query={query} />
        </div>
        <div data-span="5" className="mg-stack-lg">
          <SideBlocks query={query} />
        </div>
      </div>
      {isAsking ? (
        <ReasonDialog
          title="Replay this event"
          opened
          onClose={() => setAsking(false)}
          confirmLabel="Replay"
          isPending={replay.isPending}
          error={replay.error === null ? null : showError(replay.error)}
          onConfirm={(reason) => replay.mutate({ id, reason })}
        >
          Stripe is asked again, so an old event brings no old state back. The original is kept.
        </ReasonDialog>
      ) : null}
    </>
  );
}

function Lead({ event }: { event: InboundEventDetail }) {
  return (
    <span className="mg-row">
      <StatusBadge status={event.status} />
      attempt {event.attempts}
      {event.lastError === null ? null : <span className="mg-tone-danger">{event.lastError}</span>}
    </span>
  );
}

function Attempts({ event }: { event: InboundEventDetail }) {
  if (event.history.length === 0) return <EmptyState reason="never" title="Not attempted yet" />;
  return (
    <DataTable
      caption="Attempts"
      rows={event.history}
      rowKey={(row) => String(row.attempt)}
      columns={[
        {
          key: 'attempt',
          header: 'Attempt',
          phone: 'title',
          render: (row) => <span className="mg-figure">{row.attempt}</span>,
        },
        { key: 'at', header: 'Started', render: (row) => <DateTime at={row.startedAt} as="time" /> },
        {
          key: 'outcome',
          header: 'Outcome',
          phone: 'value',
          render: (row) => <StatusBadge status={row.outcome} />,
        },
        {
          key: 'took',
          header: 'Took',
          align: 'end',
          render: (row) => <span className="mg-figure">{lagText(row.durationMs)}</span>,
        },
        { key: 'error', header: 'Error', render: (row) => row.error ?? '' },
      ]}
    />
  );
}

/** Somebody else's content under a known id: never followed, kept to be looked at. */
function ConflictBlock({ query }: { query: BlockQuery<InboundEventDetail> }) {
  return (
    <Block title="Came again with other content" subject="the other content" query={query}>
      {({ conflict }) =>
        conflict === null ? null : (
          <>
            <p>
              {conflict.times} {conflict.times === 1 ? 'time' : 'times'}, last{' '}
              <DateTime at={conflict.lastAt} as="time" />. The first content counts.
            </p>
            <pre className="mg-code">{JSON.stringify(conflict.payload, null, 2)}</pre>
          </>
        )
      }
    </Block>
  );
}

function SideBlocks({ query }: { query: BlockQuery<InboundEventDetail> }) {
  return (
    <>
      <Block title="Facts" subject="the event" query={query}>
        {(data) => (
          <Facts
            facts={[
              ['At Stripe', <CopyText key="id" text={data.externalId} />],
              ['Object', data.objectId === null ? '—' : <CopyText key="object" text={data.objectId} />],
              [
                'Organization',
                data.organization === null ? (
                  '—'
                ) : (
                  <AppLink key="org" to={paths.adminOrganization(data.organization.slug)}>
                    {data.organization.name}
                  </AppLink>
                ),
              ],
              ['Received', <DateTime key="received" at={data.receivedAt} as="time" />],
              ['Processed', <DateTime key="processed" at={data.processedAt} as="time" />],
              ['Lag', lagText(data.lagMs)],
            ]}
          />
        )}
      </Block>
      <Block title="What it changed" subject="the effect" query={query}>
        {(data) =>
          data.effect === null ? (
            <p className="mg-muted">Nothing yet.</p>
          ) : (
            <pre className="mg-code">{JSON.stringify(data.effect, null, 2)}</pre>
          )
        }
      </Block>
      {query.data?.conflict == null ? null : <ConflictBlock query={query} />}
      <Block title="Same object" subject="related events" query={query}>
        {(data) =>
          data.sameObject.length === 0 ? (
            <p className="mg-muted">No other event names this object.</p>
          ) : (
            <ul className="mg-stack">
              {data.sameObject.map((other) => (
                <li key={other.id} className="mg-row mg-row-between">
                  <AppLink to={paths.adminEvent(other.id)}>{other.type}</AppLink>
                  <StatusBadge status={other.status} />
                </li>
              ))}
            </ul>
          )
        }
      </Block>
    </>
  );
}

function MainBlocks({ query }: { query: BlockQuery<InboundEventDetail> }) {
  return (
    <>
      <Block title="Attempts" subject="the attempts" query={query} shape="table" flush>
        {(data) => <Attempts event={data} />}
      </Block>
      <Block title="Payload" subject="the payload" query={query}>
        {(data) =>
          data.payload === null ? (
            <p className="mg-muted">Your role does not show payloads.</p>
          ) : (
            <pre className="mg-code">{JSON.stringify(data.payload, null, 2)}</pre>
          )
        }
      </Block>
    </>
  );
}

interface ActionsProps {
  isTrying: boolean;
  onDryRun: () => void;
  onReplay: () => void;
}

function Actions({ isTrying, onDryRun, onReplay }: ActionsProps) {
  const session = useSession();
  return (
    <>
      <Button variant="default" loading={isTrying} onClick={onDryRun}>
        Dry run
      </Button>
      <GuardedButton refusal={staffRefusal(session, 'billing_ops')} onClick={onReplay}>
        Replay
      </GuardedButton>
    </>
  );
}
