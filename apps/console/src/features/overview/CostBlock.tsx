import type { BillingSummary } from '../../app/views.ts';
import { Amount, amountText, differenceMinor, unsignedAmountText } from '../../components/Amount.tsx';
import { dateText, dateTimeText } from '../../components/date-text.ts';
import { PeriodLabel } from '../../components/PeriodLabel.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { Facts } from '../../ui/Facts.tsx';

type Cost = NonNullable<BillingSummary['cost']>[number];

export function CostBlock({ query }: { query: BlockQuery<BillingSummary> }) {
  return (
    <Block title="This billing period" subject="costs" query={query} shape="figure">
      {(summary) => (
        <div className="mg-stack">
          {summary.cost === null || summary.cost.length === 0 ? (
            <p className="mg-muted">No costs in this period yet.</p>
          ) : (
            summary.cost.map((cost) => <CostOf key={cost.currency} cost={cost} summary={summary} />)
          )}
        </div>
      )}
    </Block>
  );
}

function CostOf({ cost, summary }: { cost: Cost; summary: BillingSummary }) {
  const { currency } = cost;
  const withCode = (summary.cost?.length ?? 0) > 1;
  const lastDay = dateText(new Date(Date.parse(summary.period.end) - 1).toISOString(), summary.timeZone);
  return (
    <div>
      <p className="mg-muted mg-caption">
        <PeriodLabel period={summary.period} timeZone={summary.timeZone} withZone />
      </p>
      <p className="mg-cost">
        <Amount minor={cost.toDateMinor} currency={currency} withCode={withCode} />
      </p>
      <p className="mg-cost-forecast mg-muted">
        {cost.forecastFrom === null ? (
          <>
            ~<Amount minor={cost.forecastMinor} currency={currency} /> by {lastDay}
            <LikelyRange cost={cost} />
          </>
        ) : (
          `The period has only begun: a forecast follows from ${dateTimeText(cost.forecastFrom, summary.timeZone)}.`
        )}
      </p>
      <Facts
        facts={[
          ['Recurring', <Amount key="r" minor={cost.recurringMinor} currency={currency} />],
          ['Usage beyond included', <Amount key="u" minor={cost.usageMinor} currency={currency} />],
          ['vs the same day before', comparison(cost)],
        ]}
      />
    </div>
  );
}

/** Nothing when there is only one amount it can become. */
function LikelyRange({ cost: { forecastLowMinor, forecastHighMinor, currency } }: { cost: Cost }) {
  if (forecastLowMinor === forecastHighMinor) return null;
  const [low, high] = [forecastLowMinor, forecastHighMinor].map((minor) => amountText({ minor, currency }));
  return (
    <span className="mg-cost-range mg-caption mg-figure">
      likely {low} – {high}
    </span>
  );
}

/** Growth of cost is not good news: no green, no red, only which way and how much. */
function comparison({ previousSameDayMinor, toDateMinor, currency }: Cost) {
  if (previousSameDayMinor === null) return 'new';
  const difference = differenceMinor(toDateMinor, previousSameDayMinor);
  if (difference === '0') return 'no change';
  const way = difference.startsWith('-') ? '▼' : '▲';
  const word = difference.startsWith('-') ? 'less' : 'more';
  return (
    <span className="mg-figure">
      <span aria-hidden>{way} </span>
      {unsignedAmountText(difference, currency)}
      <span className="mg-sr-only"> {word}</span>
    </span>
  );
}
