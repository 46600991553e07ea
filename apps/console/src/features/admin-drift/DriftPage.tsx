import { Button, Select } from '@mantine/core';
import { driftKinds, driftMeanings } from '@metergate/core/shared/drift-kinds';
import { useQuery } from '@tanstack/react-query';
import { offerDownload } from '../../app/offer-download.ts';
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
import { DriftTable } from './DriftTable.tsx';
import { driftCsv } from './drift-csv.ts';

const defaults = { status: 'all', kind: 'any', org: '', cursor: '' };
const labels = {
  all: 'All',
  open: 'Open',
  accepted: 'Accepted',
  repaired: 'Repaired',
  gone: 'Gone',
} as const;
const statuses = ['all', 'open', 'accepted', 'repaired', 'gone'] as const;
const kinds = ['any', ...driftKinds] as const;

/** What comparisons with Stripe found: why, what became of it, and what waits for a person. */
export function DriftPage() {
  const { values, set } = useUrlState(defaults);
  const status = oneOf(values.status, statuses);
  const kind = oneOf(values.kind, kinds);
  const query = useQuery(
    trpc.admin.drift.list.queryOptions(
      {
        ...(status === 'all' ? {} : { status }),
        ...(kind === 'any' ? {} : { kind }),
        ...(values.org === '' ? {} : { organization: values.org }),
        ...(values.cursor === '' ? {} : { cursor: values.cursor }),
      },
      { placeholderData: (previous) => previous, refetchInterval: liveIntervalMs },
    ),
  );
  const isFiltered = status !== 'all' || kind !== 'any' || values.org !== '';
  return (
    <>
      <PageHeader
        title="Drift"
        context="Admin"
        lead="Where our copy and Stripe differed, why, and what is to be done. Compared every hour."
        actions={
          <>
            <Button
              variant="default"
              disabled={(query.data?.items.length ?? 0) === 0}
              onClick={() => offerDownload(driftCsv(query.data?.items ?? []), 'drift.csv')}
            >
              Export CSV
            </Button>
            <CopyLink />
          </>
        }
      />
      <QueueTabs
        status={status}
        statuses={statuses}
        labels={labels}
        counts={query.data?.counts}
        onChange={(value) => set({ status: value, cursor: '' })}
      />
      <Block title="Differences" subject="differences" query={query} shape="table" flush hideTitle>
        {(page) => (
          <>
            <div className="mg-filters mg-filters-top">
              <Select
                label="Reason"
                value={kind}
                allowDeselect={false}
                onChange={(value) => set({ kind: value ?? 'any', cursor: '' })}
                data={kinds.map((value) => ({
                  value,
                  label:
                    value === 'any'
                      ? 'Any reason'
                      : `${driftMeanings[value].label} (${page.kinds[value] ?? 0})`,
                }))}
              />
              <OrganizationFilter
                value={values.org}
                onChange={(org) => set({ org, cursor: '' }, 'replace')}
              />
            </div>
            {page.items.length === 0 ? (
              <NothingListed
                isFiltered={isFiltered}
                filtered="No difference matches"
                never="Nothing differed yet"
                onClear={() => set(defaults)}
              >
                Webhooks kept our copy equal to Stripe’s.
              </NothingListed>
            ) : (
              <DriftTable findings={page.items} />
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
