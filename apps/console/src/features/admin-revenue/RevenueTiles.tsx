import type { ReactNode } from 'react';
import type { Revenue } from '../../app/views.ts';
import { amountText } from '../../components/Amount.tsx';
import { basisPointsText } from './basis-points.ts';

type Figures = Revenue['currencies'][number];

/** The figures of one currency; each says in words what it counts. */
export function RevenueTiles({ figures }: { figures: Figures }) {
  const money = (minor: string | null) => amountText({ minor, currency: figures.currency });
  const { churn } = figures;
  return (
    <dl className="mg-revenue-tiles">
      <Tile
        name="Monthly recurring revenue"
        value={money(figures.mrrMinor)}
        note={`${signed(money(figures.netNewMinor))} this month`}
      />
      <Tile name="Annual run rate" value={money(figures.arrMinor)} note="twelve times the monthly figure" />
      <Tile
        name="Per paying organization"
        value={money(figures.averageMinor)}
        note={`${figures.payingOrganizations} paying`}
      />
      <Tile
        name="Net retention"
        value={basisPointsText(figures.netRetentionBp)}
        note={
          figures.netRetentionBp === null
            ? 'new: nobody paid at the start of the range'
            : 'of those who paid at the start of the range'
        }
      />
      <Tile
        name="Gross retention"
        value={basisPointsText(figures.grossRetentionBp)}
        note="the same without what grew"
      />
      <Tile
        name="Left last month"
        value={churn === null ? '—' : String(churn.left)}
        note={churn === null ? 'no closed month yet' : `of ${churn.of} that paid`}
      />
      <Tile
        name="At risk"
        value={money(figures.atRiskMinor)}
        note="recurring, of organizations past due"
        tone={figures.atRiskMinor === '0' ? undefined : 'danger'}
      />
      <Tile
        name="Usage this month"
        value={money(figures.usageMinor)}
        note="on issued invoices, not recurring"
      />
    </dl>
  );
}

interface TileProps {
  name: string;
  value: string;
  note: ReactNode;
  tone?: 'danger' | undefined;
}

function Tile({ name, value, note, tone }: TileProps) {
  return (
    <div className="mg-revenue-tile">
      <dt className="mg-muted">{name}</dt>
      <dd className="mg-revenue-figure mg-figure" data-tone={tone}>
        {value}
      </dd>
      <dd className="mg-muted mg-caption mg-figure">{note}</dd>
    </div>
  );
}

function signed(text: string): string {
  return text.startsWith('−') ? text : `+${text}`;
}
