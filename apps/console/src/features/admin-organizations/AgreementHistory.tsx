import type { Agreement, OwnPrices } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { dateText } from '../../components/date-text.ts';
import { quantityText } from '../../components/quantity-text.ts';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

const kindText: Readonly<Record<Agreement['sets'], string>> = {
  limit: 'Limit',
  usage_price: 'Price of usage',
  own_price: 'Price',
};

/** Limits and prices that were agreed, in force and over. */
export function AgreementHistory({ query }: { query: BlockQuery<OwnPrices> }) {
  return (
    <Block title="Everything agreed" subject="agreements" query={query} shape="table" flush>
      {({ history }) =>
        history.length === 0 ? (
          <EmptyState reason="never" title="Nothing was agreed">
            Limits and prices are those of the plan.
          </EmptyState>
        ) : (
          <DataTable
            caption="Everything agreed"
            rows={history}
            rowKey={(row) => row.id}
            columns={historyColumns}
          />
        )
      }
    </Block>
  );
}

const historyColumns: Column<Agreement>[] = [
  {
    key: 'what',
    header: 'What',
    phone: 'title',
    render: (row) => (
      <span className="mg-cell-two">
        <span className="mg-strong">{row.subject}</span>
        <span className="mg-muted mg-caption">{kindText[row.sets]}</span>
      </span>
    ),
  },
  {
    key: 'value',
    header: 'Agreed',
    align: 'end',
    phone: 'value',
    render: (row) => <span className="mg-figure">{valueText(row)}</span>,
  },
  {
    key: 'when',
    header: 'In force',
    render: (row) => (
      <span className="mg-cell-two">
        <span>from {dateText(row.createdAt)}</span>
        <span className="mg-muted mg-caption">{endText(row)}</span>
      </span>
    ),
  },
  {
    key: 'why',
    header: 'Why',
    render: (row) => (
      <span className="mg-cell-two">
        <span>{row.reason}</span>
        <span className="mg-muted mg-caption">{row.createdBy}</span>
      </span>
    ),
  },
];

function valueText({ value, currency, sets }: Agreement): string {
  if (value === null) return 'unlimited';
  if (currency !== null) return unitPriceText(value, currency);
  return sets === 'limit' ? quantityText(value) : value;
}

function endText({ endedAt, expiresAt }: Agreement): string {
  if (endedAt !== null) return `ended ${dateText(endedAt)}`;
  return expiresAt === null ? 'no end' : `until ${dateText(expiresAt)}`;
}
