import type { LineExplanation } from '../../app/views.ts';
import { quantityText } from '../../components/quantity-text.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { LineSteps } from './LineSteps.tsx';

type Tier = NonNullable<LineExplanation['rating']>['tiers'][number];

const kindSentences = {
  usage: 'Usage of the period, rated with the price that was in force then.',
  proration: 'A change during the period: only the share of the time is charged or given back.',
  recurring: 'The price of the plan for the period.',
} as const;

/** The steps as they were written down when the line was rated; the last one is the charged amount. */
export function LineFormula({ explanation }: { explanation: LineExplanation }) {
  const { formula, rating, kind } = explanation;
  return (
    <div className="mg-stack">
      <p className="mg-muted">{kindSentences[kind]}</p>
      <ol className="mg-formula mg-figure">
        {formula.map((step, index) => (
          <li key={step} data-result={index === formula.length - 1}>
            {grouped(step)}
          </li>
        ))}
      </ol>
      {rating === null || rating.tiers.length < 2 ? null : (
        <Tiers tiers={rating.tiers} currency={rating.currency} />
      )}
      <LineSteps steps={explanation.steps} />
      {rating?.isMinimumApplied === true ? (
        <p className="mg-muted">
          The price has a minimum of {rating.minimum} {rating.currency}, which is more than the usage costs.
        </p>
      ) : null}
    </div>
  );
}

/** The steps are kept as they were computed; long figures are grouped for reading. */
function grouped(step: string): string {
  return step.replaceAll(/(?<![\d.,])\d{4,}(?![\d,])/g, (digits) => quantityText(digits));
}

function Tiers({ tiers, currency }: { tiers: readonly Tier[]; currency: string }) {
  return (
    <DataTable
      caption="Price tiers"
      rows={tiers}
      rowKey={(tier) => tier.from}
      columns={[
        {
          key: 'range',
          header: 'Tier',
          phone: 'title',
          render: (tier) =>
            tier.upTo === null
              ? `above ${quantityText(tier.from)}`
              : `${quantityText(tier.from)} – ${quantityText(tier.upTo)}`,
        },
        {
          key: 'quantity',
          header: 'In this tier',
          align: 'end',
          render: (tier) => quantityText(tier.quantity),
        },
        {
          key: 'price',
          header: 'Price of one',
          align: 'end',
          render: (tier) => `${tier.unitPrice} ${currency}`,
        },
        {
          key: 'amount',
          header: 'Amount',
          align: 'end',
          phone: 'value',
          render: (tier) => `${tier.amount} ${currency}`,
        },
      ]}
    />
  );
}
