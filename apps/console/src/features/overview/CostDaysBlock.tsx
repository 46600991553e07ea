import { toMajorDecimal } from '@metergate/core/shared/money/money';
import { useQuery } from '@tanstack/react-query';
import { readerLocale } from '../../app/locale.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { BillingSummary, CostDays } from '../../app/views.ts';
import { amountText, differenceMinor, unsignedAmountText } from '../../components/Amount.tsx';
import { calendarDateText, dateText } from '../../components/date-text.ts';
import { Block } from '../../ui/Block.tsx';
import type { ChartPoint } from '../../ui/charts/chart-data.ts';
import { UsageChart } from '../../ui/charts/UsageChart.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

type Day = CostDays['days'][number];

/** What the running periods had cost when each of the last thirty days ended, and what they cost now. Absent while nothing ever did. */
export function CostDaysBlock({ summary }: { summary: BillingSummary | undefined }) {
  const { slug: organization } = useOrganization();
  const query = useQuery(trpc.invoices.costDays.queryOptions({ organization }));
  const costsNothing = summary?.cost?.length === 0;
  if (costsNothing && query.data?.days.length === 0) return null;
  return (
    <Block title="Cost, day by day" subject="costs of the last days" query={query} shape="chart">
      {({ days }) =>
        days.length === 0 ? (
          <EmptyState reason="never" title="No day has ended yet">
            What a paid plan and its usage have cost so far is written down here when each day ends.
          </EmptyState>
        ) : (
          <div className="mg-stack-lg">
            {currenciesOf(days).map((currency) => (
              <DaysOf
                key={currency}
                currency={currency}
                days={days.filter((day) => day.currency === currency)}
                summary={summary}
              />
            ))}
          </div>
        )
      }
    </Block>
  );
}

interface DaysOfProps {
  currency: string;
  days: readonly Day[];
  summary: BillingSummary | undefined;
}

function DaysOf({ currency, days, summary }: DaysOfProps) {
  const options = { style: 'currency', currency } as const;
  return (
    <UsageChart
      name={`Cost so far, ${currency}`}
      unit=""
      valueWord="Cost so far"
      points={[...days.map(toPoint), ...today(summary, currency)]}
      limit={null}
      forecast={null}
      mode="bucket"
      bucketWord="day"
      format={(value) => new Intl.NumberFormat(readerLocale(), options).format(value)}
      formatAxis={(value) =>
        new Intl.NumberFormat(readerLocale(), {
          ...options,
          notation: 'compact',
          minimumFractionDigits: 0,
        }).format(value)
      }
      summary={sentence(days)}
    />
  );
}

/** "When 20 Nov ended it was $412.18, $23.10 more than a day before. …" */
function sentence(days: readonly Day[]): string {
  const [before, last] = [days.at(-2), days.at(-1)];
  if (last === undefined) return '';
  const { currency, toDateMinor } = last;
  const head = `When ${calendarDateText(last.day)} ended it was ${amountText({ minor: toDateMinor, currency })}`;
  const difference = before === undefined ? '0' : differenceMinor(toDateMinor, before.toDateMinor);
  const word = difference.startsWith('-') ? 'less' : 'more';
  const change =
    difference === '0' ? '' : `, ${unsignedAmountText(difference, currency)} ${word} than a day before`;
  return `${head}${change}. Each day as it stood then; the amount begins anew with each billing period.`;
}

/** "$412.18, of it usage $19.18". */
function wordsOf({
  toDateMinor,
  usageMinor,
  currency,
}: Pick<Day, 'toDateMinor' | 'usageMinor' | 'currency'>) {
  const [total, usage] = [toDateMinor, usageMinor].map((minor) => amountText({ minor, currency }));
  return `${total}, of it usage ${usage}`;
}

function toPoint({ day, toDateMinor, usageMinor, currency }: Day): ChartPoint {
  return {
    label: calendarDateText(day),
    value: majorOf(toDateMinor, currency),
    text: wordsOf({ toDateMinor, usageMinor, currency }),
    state: 'complete',
    previous: null,
  };
}

/** The day that has not ended. */
function today(summary: BillingSummary | undefined, currency: string): ChartPoint[] {
  const cost = summary?.cost?.find((candidate) => candidate.currency === currency);
  if (summary === undefined || cost === undefined) return [];
  return [
    {
      label: dateText(summary.asOf, summary.timeZone),
      value: majorOf(cost.toDateMinor, currency),
      text: wordsOf(cost),
      state: 'partial',
      previous: null,
    },
  ];
}

function currenciesOf(days: readonly Day[]): string[] {
  return [...new Set(days.map(({ currency }) => currency))].toSorted();
}

/** Only for drawing: a picture needs no more digits than a number has. */
function majorOf(minor: string, currency: string): number {
  return Number(toMajorDecimal({ amountMinor: BigInt(minor), currency }));
}
