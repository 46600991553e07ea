import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import { AuditTable } from '../../components/AuditTable.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Block } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Pager } from '../../ui/Pager.tsx';

const defaults = { action: '', cursor: '' };

export function ActivityPage() {
  const { slug: organization, name, timeZone } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const query = useQuery(
    trpc.audit.list.queryOptions(
      {
        organization,
        ...(values.action === '' ? {} : { action: values.action }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous },
    ),
  );
  return (
    <>
      <PageHeader title="Activity" context={name} lead="Who changed what, platform staff included." />
      <Block title="Activity" subject="the activity" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters mg-filters-top">
              <TextInput
                className="mg-grow"
                type="search"
                aria-label="Filter by action"
                placeholder="Action, for example subscription.canceled"
                value={values.action}
                onChange={(event) => set({ action: event.currentTarget.value, cursor: '' }, 'replace')}
              />
            </div>
            {page.items.length === 0 ? (
              <EmptyState
                reason={values.action === '' ? 'never' : 'filtered'}
                title={values.action === '' ? 'Nothing has been changed yet' : 'No entry matches'}
              />
            ) : (
              <AuditTable rows={page.items} timeZone={timeZone} />
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
