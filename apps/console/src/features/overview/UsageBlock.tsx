import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { UsageSummary } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { mostUsedMeter } from '../../components/most-used-meter.ts';
import { UsageSeriesChart } from '../../components/UsageSeriesChart.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

const defaults = { meter: '', view: 'cumulative' };

export function UsageBlock({ summary }: { summary: BlockQuery<UsageSummary> }) {
  const { slug: organization } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const meters = summary.data?.meters ?? [];
  const meter = meters.find((candidate) => candidate.meter === values.meter) ?? mostUsedMeter(meters);
  const series = useQuery(
    trpc.usage.series.queryOptions(
      { organization, meter: meter?.meter ?? '', granularity: 'day', compare: true },
      { enabled: meter !== undefined, refetchInterval: liveIntervalMs },
    ),
  );
  if (summary.data !== undefined && meter === undefined) {
    return (
      <Block title="Usage" subject="usage" query={summary}>
        {() => (
          <EmptyState
            reason="never"
            title="No usage yet"
            action={<AppLink to={paths.usage(organization)}>Send a test event</AppLink>}
          >
            Usage appears here seconds after your product reports it.
          </EmptyState>
        )}
      </Block>
    );
  }
  return (
    <Block
      title="Usage"
      subject="usage"
      query={
        summary.data === undefined ? { ...series, error: summary.error, refetch: summary.refetch } : series
      }
      shape="chart"
      actions={
        <>
          <Select
            size="xs"
            aria-label="Meter"
            data={meters.map((candidate) => ({ value: candidate.meter, label: candidate.name }))}
            value={meter?.meter ?? null}
            onChange={(value) => set({ meter: value ?? '' })}
          />
          {meter === undefined ? null : (
            <AppLink to={paths.meter(organization, meter.meter)}>Details</AppLink>
          )}
        </>
      }
    >
      {(data) => (
        <UsageSeriesChart
          series={data}
          mode={oneOf(values.view, ['cumulative', 'bucket'])}
          onMode={(view) => set({ view }, 'replace')}
        />
      )}
    </Block>
  );
}
