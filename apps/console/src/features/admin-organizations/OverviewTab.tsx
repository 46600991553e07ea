import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import type { AdminOrganization } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { DateTime } from '../../components/DateTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { DriftBlock } from './DriftBlock.tsx';
import { RefusedUsageBlock } from './RefusedUsageBlock.tsx';

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
              <Timeline entries={timeline} />
            )
          }
        </Block>
      </div>
      <div data-span="6" className="mg-stack-lg">
        <RefusedUsageBlock organization={organization} />
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

const shownAtFirst = 20;

function Timeline({ entries }: { entries: AdminOrganization['timeline'] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? entries : entries.slice(0, shownAtFirst);
  return (
    <>
      <ol className="mg-entries">
        {shown.map((entry) => (
          <li key={`${entry.at} ${entry.text} ${entry.link ?? ''}`}>
            <span className="mg-muted mg-caption">
              <DateTime at={entry.at} as="relative" />
              <br />
              {entry.kind}
            </span>
            {entry.link === null ? (
              <span className="mg-anywhere">{entry.text}</span>
            ) : (
              <AppLink to={entry.link}>{entry.text}</AppLink>
            )}
          </li>
        ))}
      </ol>
      {entries.length > shown.length ? (
        <button type="button" className="mg-link" onClick={() => setWhole(true)}>
          Show all {entries.length}
        </button>
      ) : null}
    </>
  );
}
