import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { paths } from '../../app/paths.ts';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { FreshnessStamp } from '../../components/FreshnessStamp.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PartsBlock } from '../../components/PartsBlock.tsx';
import { UsageSeriesChart } from '../../components/UsageSeriesChart.tsx';
import { Block } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { BreakdownBlock } from './BreakdownBlock.tsx';
import { HowCounted } from './HowCounted.tsx';
import { LatestEventsBlock } from './LatestEventsBlock.tsx';
import { RangePicker } from './RangePicker.tsx';
import { ranges, spanOf } from './ranges.ts';
import { SendTestEvent } from './SendTestEvent.tsx';
import './usage.css';

const defaults = { range: 'period', from: '', to: '', view: 'cumulative' };

export function MeterPage() {
  const { meter = '' } = useParams({ strict: false });
  const { slug: organization, name, timeZone, role } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const choice = { range: oneOf(values.range, ranges), from: values.from, to: values.to };
  const span = spanOf(choice, timeZone);
  const series = useQuery(
    trpc.usage.series.queryOptions(
      { organization, meter, compare: true, ...span },
      { refetchInterval: liveIntervalMs },
    ),
  );
  const limits = useQuery(trpc.limits.list.queryOptions({ organization }));
  const limit = limits.data?.find((candidate) => candidate.feature === meter);
  return (
    <>
      <PageHeader
        title={series.data?.name ?? limit?.name ?? meter}
        context={name}
        above={<AppLink to={paths.usage(organization)}>Usage</AppLink>}
        lead={
          series.data === undefined ? ' ' : <FreshnessStamp asOf={series.data.asOf} timeZone={timeZone} />
        }
        actions={
          <>
            {role === 'member' ? null : <SendTestEvent meter={meter} />}
            <CopyLink />
          </>
        }
      />
      <div className="mg-grid">
        <Block
          title="Over time"
          subject="the chart"
          query={series}
          shape="chart"
          actions={<RangePicker choice={choice} onChange={(changes) => set(changes)} />}
        >
          {(data) => (
            <UsageSeriesChart
              series={data}
              mode={oneOf(values.view, ['cumulative', 'bucket'])}
              onMode={(view) => set({ view }, 'replace')}
              onDay={(day) => set({ range: 'custom', from: day, to: day })}
            />
          )}
        </Block>
        <div data-span="7">
          <BreakdownBlock meter={meter} span={span} />
        </div>
        <div data-span="5">
          <HowCounted limit={limit} query={limits} />
        </div>
        <PartsBlock meter={meter} span={{ from: span.from, to: span.to }} />
        <LatestEventsBlock meter={meter} />
      </div>
    </>
  );
}
