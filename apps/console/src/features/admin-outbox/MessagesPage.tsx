import { useQuery } from '@tanstack/react-query';
import { liveIntervalMs } from '../../app/query-client.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import { NothingListed } from '../../components/NothingListed.tsx';
import { OrganizationFilter } from '../../components/OrganizationFilter.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { QueueTabs } from '../../components/QueueTabs.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { MessageTable } from './MessageTable.tsx';

const defaults = { status: 'all', org: '', cursor: '' };
const statuses = ['all', 'dead', 'failed', 'pending', 'sending', 'done', 'dismissed'] as const;
const labels = {
  all: 'All',
  dead: 'Dead',
  failed: 'Failed',
  pending: 'Pending',
  sending: 'Sending',
  done: 'Done',
  dismissed: 'Dismissed',
} as const;

/** What leaves for Stripe; what was given up is sent again or dismissed here. */
export function MessagesPage() {
  const { values, set } = useUrlState(defaults);
  const status = oneOf(values.status, statuses);
  const query = useQuery(
    trpc.admin.outbox.list.queryOptions(
      {
        ...(status === 'all' ? {} : { status }),
        ...(values.org === '' ? {} : { organization: values.org }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous, refetchInterval: liveIntervalMs },
    ),
  );
  const isFiltered = status !== 'all' || values.org !== '';
  return (
    <>
      <PageHeader
        title="Messages"
        context="Admin"
        lead="What we send to Stripe, in order for each organization."
        actions={<CopyLink />}
      />
      <QueueTabs
        status={status}
        statuses={statuses}
        labels={labels}
        counts={query.data?.counts}
        onChange={(value) => set({ status: value, cursor: '' })}
      />
      <Block title="Messages" subject="messages" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters mg-filters-top">
              <OrganizationFilter
                value={values.org}
                onChange={(org) => set({ org, cursor: '' }, 'replace')}
              />
            </div>
            {page.items.length === 0 ? (
              <NothingListed
                isFiltered={isFiltered}
                filtered="No message matches"
                never="Nothing had to be sent yet"
                onClear={() => set(defaults)}
              >
                Changes made while Stripe is away, and usage for its meters, wait here.
              </NothingListed>
            ) : (
              <MessageTable messages={page.items} />
            )}
            <Pager
              cursor={values.cursor}
              nextCursor={page.nextCursor}
              onCursor={(cursor) => set({ cursor })}
            />
          </>
        )}
      </Block>
    </>
  );
}
