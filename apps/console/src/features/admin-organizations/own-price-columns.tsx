import { Button } from '@mantine/core';
import type { OwnPrice } from '../../app/views.ts';
import { unitPriceText } from '../../components/Amount.tsx';
import { dateText } from '../../components/date-text.ts';
import { GuardedButton } from '../../components/GuardedButton.tsx';
import type { Column } from '../../ui/DataTable.tsx';

interface PriceActions {
  refusal: string | null;
  onSet: (price: OwnPrice) => void;
  onEnd: (price: OwnPrice) => void;
}

export function ownPriceKey({ family, plan, component, interval }: OwnPrice): string {
  return `${family}/${plan}/${component}/${interval}`;
}

export function ownPriceName({ planName, name, kind, interval }: OwnPrice): string {
  return `${planName}${kind === 'base' ? '' : `: ${name}`}, per ${interval}`;
}

export function ownPriceColumns({ refusal, onSet, onEnd }: PriceActions): Column<OwnPrice>[] {
  return [
    {
      key: 'price',
      header: 'Price',
      phone: 'title',
      render: (row) => <span className="mg-strong">{ownPriceName(row)}</span>,
    },
    {
      key: 'plan',
      header: 'By the plan',
      align: 'end',
      render: (row) => <span className="mg-figure">{unitPriceText(row.planPrice, row.currency)}</span>,
    },
    {
      key: 'own',
      header: 'Own price',
      align: 'end',
      phone: 'value',
      render: (row) => (
        <span className="mg-figure">
          {row.own === null ? '—' : unitPriceText(row.own.unitPrice, row.currency)}
        </span>
      ),
    },
    { key: 'charged', header: 'Charged', render: (row) => <Charged price={row} /> },
    { key: 'why', header: 'Why', render: (row) => <Why own={row.own} /> },
    {
      key: 'do',
      header: '',
      align: 'end',
      render: (row) => (
        <span className="mg-row mg-row-end">
          {row.own === null || refusal !== null ? null : (
            <Button size="compact-sm" variant="subtle" color="danger" onClick={() => onEnd(row)}>
              End<span className="mg-sr-only"> own price of {ownPriceName(row)}</span>
            </Button>
          )}
          <GuardedButton size="compact-sm" variant="default" refusal={refusal} onClick={() => onSet(row)}>
            Set price<span className="mg-sr-only"> of {ownPriceName(row)}</span>
          </GuardedButton>
        </span>
      ),
    },
  ];
}

function Charged({ price: { running, currency } }: { price: OwnPrice }) {
  if (running === null) return <span className="mg-muted">not bought</span>;
  const { unitPrice, nextUnitPrice, renewsAt } = running;
  return (
    <span className="mg-cell-two">
      <span className="mg-figure">{unitPriceText(unitPrice, currency)}</span>
      {nextUnitPrice === unitPrice ? null : (
        <span className="mg-muted mg-caption">
          {unitPriceText(nextUnitPrice, currency)} from {dateText(renewsAt)}
        </span>
      )}
    </span>
  );
}

function Why({ own }: { own: OwnPrice['own'] }) {
  if (own === null) return <span className="mg-muted">—</span>;
  return (
    <span className="mg-cell-two">
      <span>{own.reason}</span>
      <span className="mg-muted mg-caption">
        {own.expiresAt === null ? 'no end' : `until ${dateText(own.expiresAt)}`}, {own.createdBy}
      </span>
    </span>
  );
}
