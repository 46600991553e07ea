import { useQuery } from '@tanstack/react-query';
import { liveIntervalMs } from '../../app/query-client.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf, useUrlState } from '../../app/url-state.ts';
import type { UsageSeries, UsageSummary } from '../../app/views.ts';
import { FreshnessStamp } from '../../components/FreshnessStamp.tsx';
import { mostUsedMeter } from '../../components/most-used-meter.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { UsageSeriesChart } from '../../components/UsageSeriesChart.tsx';
import { Block, type BlockQuery, Content } from '../../ui/Block.tsx';
import { CopyLink } from '../../ui/CopyLink.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { AnomaliesBlock } from './AnomaliesBlock.tsx';
import { BackfillsBlock } from './BackfillsBlock.tsx';
import { BreakdownBlock } from './BreakdownBlock.tsx';
import { ChecksBlock } from './ChecksBlock.tsx';
import { MeterTiles } from './MeterTiles.tsx';
import { ProofBlock } from './ProofBlock.tsx';
import { RangePicker } from './RangePicker.tsx';
import { RejectedBlock } from './RejectedBlock.tsx';
import { ranges, spanOf } from './ranges.ts';
import { SendTestEvent } from './SendTestEvent.tsx';
import { StatementBlock } from './StatementBlock.tsx';
import './usage.css';

const defaults = { meter: '', range: 'period', from: '', to: '', view: 'cumulative', tab: 'usage' };

/** Where it goes: every meter against its limit, over time and by client. */
export function UsagePage() {
  const { slug: organization, name, timeZone } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const choice = { range: oneOf(values.range, ranges), from: values.from, to: values.to };
  const tab = oneOf(values.tab, ['usage', 'rejected', 'sender', 'proof']);
  const summary = useQuery(
    trpc.usage.summary.queryOptions({ organization }, { refetchInterval: liveIntervalMs }),
  );
  const meters = summary.data?.meters ?? [];
  const meter = (meters.find((candidate) => candidate.meter === values.meter) ?? mostUsedMeter(meters))
    ?.meter;
  const span = spanOf(choice, timeZone);
  const series = useQuery(
    trpc.usage.series.queryOptions(
      { organization, meter: meter ?? '', compare: true, ...span },
      {
        enabled: meter !== undefined,
        refetchInterval: liveIntervalMs,
        placeholderData: (previous) => previous,
      },
    ),
  );
  return (
    <>
      <PageHeader
        title="Usage"
        context={name}
        lead={
          summary.data === undefined ? ' ' : <FreshnessStamp asOf={summary.data.asOf} timeZone={timeZone} />
        }
        actions={<CopyLink />}
      />
      <Parts tab={tab} onTab={(value) => set({ tab: value })} />
      <Books tab={tab} />
      {tab !== 'usage' ? null : (
        <div className="mg-stack-lg">
          <Tiles summary={summary} meter={meter} onMeter={(key) => set({ meter: key })} />
          <AnomaliesBlock
            nameOf={(key) => meters.find((candidate) => candidate.meter === key)?.name ?? key}
          />
          {meter === undefined ? null : (
            <>
              <SeriesBlock series={series} />
              <BreakdownBlock meter={meter} span={span} />
            </>
          )}
        </div>
      )}
    </>
  );
}

type Part = 'usage' | 'rejected' | 'sender' | 'proof';

/** What stands beside the counted usage, for those who answer for it. */
function Books({ tab }: { tab: Part }) {
  if (tab === 'rejected') return <RejectedBlock />;
  if (tab === 'usage') return null;
  return (
    <div className="mg-stack-lg">
      {tab === 'sender' ? <ChecksBlock /> : <ProofBlock />}
      {tab === 'sender' ? <BackfillsBlock /> : <StatementBlock />}
    </div>
  );
}

function Parts({ tab, onTab }: { tab: Part; onTab: (tab: Part) => void }) {
  const { role, seesMoney } = useOrganization();
  if (role === 'member') return null;
  return (
    <Tabs
      label="Parts of usage"
      value={tab}
      onChange={onTab}
      tabs={[
        { value: 'usage', label: 'Counted' },
        { value: 'rejected', label: 'Rejected (30 days)' },
        { value: 'sender', label: 'Backfills and checks' },
        ...(seesMoney ? [{ value: 'proof' as const, label: 'Proof' }] : []),
      ]}
    />
  );
}

function NoUsage() {
  const { role } = useOrganization();
  return (
    <div className="mg-block">
      <EmptyState reason="never" title="No events yet" action={role === 'member' ? null : <SendTestEvent />}>
        Your product reports usage with the SDK or one HTTP call. A test event shows that the way is open; it
        is counted once and can be voided.
      </EmptyState>
    </div>
  );
}

interface TilesProps {
  summary: BlockQuery<UsageSummary>;
  meter: string | undefined;
  onMeter: (meter: string) => void;
}

function Tiles({ summary, meter, onMeter }: TilesProps) {
  return (
    <Content query={summary} subject="usage" shape="cards">
      {(data) =>
        data.meters.length === 0 ? (
          <NoUsage />
        ) : (
          <MeterTiles meters={data.meters} chosen={meter ?? ''} onChoose={onMeter} />
        )
      }
    </Content>
  );
}

function SeriesBlock({ series }: { series: BlockQuery<UsageSeries> }) {
  const { values, set } = useUrlState(defaults);
  const choice = { range: oneOf(values.range, ranges), from: values.from, to: values.to };
  return (
    <Block
      title={series.data?.name ?? 'Usage over time'}
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
        />
      )}
    </Block>
  );
}
