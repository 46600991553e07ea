import type { ReactNode } from 'react';
import { readerLocale } from '../../app/locale.ts';
import { parseInstant } from '../../app/now.ts';
import type { Revenue } from '../../app/views.ts';
import { Amount, amountText } from '../../components/Amount.tsx';
import { Block, type BlockQuery } from '../../ui/Block.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import {
  type Month,
  type MonthBars,
  movementBars,
  movements,
  netMinor,
  withoutQuietBeginning,
} from './movement-bars.ts';

interface MovementsBlockProps {
  query: BlockQuery<Revenue>;
  currency: string;
  range: ReactNode;
}

/** Why revenue changed, month by month: as a picture, and as the figures it is drawn from. */
export function MovementsBlock({ query, currency, range }: MovementsBlockProps) {
  return (
    <Block title="Movements" subject="the movements" query={query} shape="chart" actions={range}>
      {({ currencies }) => {
        const months = withoutQuietBeginning(
          currencies.find((one) => one.currency === currency)?.months ?? [],
        );
        return (
          <div className="mg-stack">
            <Picture months={months} currency={currency} />
            <Legend />
            <div className="mg-bleed">
              <DataTable
                caption="Movements by month, newest first"
                rows={months.toReversed()}
                rowKey={(month) => month.start}
                columns={columnsOf(currency)}
              />
            </div>
          </div>
        );
      }}
    </Block>
  );
}

function Picture({ months, currency }: { months: readonly Month[]; currency: string }) {
  const drawn = movementBars(months);
  return (
    <div
      className="mg-movements"
      role="img"
      aria-label="Gains above and losses below the line for each month; the table below has the figures."
    >
      {drawn.months.map((one) => (
        <MonthColumn key={one.month.start} drawn={one} zero={drawn.zero} currency={currency} />
      ))}
    </div>
  );
}

function MonthColumn({ drawn, zero, currency }: { drawn: MonthBars; zero: number; currency: string }) {
  const { month, bars } = drawn;
  const end = amountText({ minor: month.endMinor, currency });
  return (
    <div className="mg-movements-month" title={`${monthText(month.start)}: ${end} at the end`}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" data-running={month.isRunning}>
        <line x1="0" x2="100" y1={zero} y2={zero} />
        {bars.map(({ key, top, height }) => (
          <rect key={key} x="22" width="56" y={top} height={height} data-movement={key} />
        ))}
      </svg>
      <span className="mg-muted mg-caption">
        <span className="mg-movements-short">{monthText(month.start, 'short')}</span>
        <span className="mg-movements-narrow" aria-hidden="true">
          {monthText(month.start, 'narrow')}
        </span>
      </span>
    </div>
  );
}

function Legend() {
  return (
    <ul className="mg-movements-legend mg-caption">
      {movements.map(({ key, label }) => (
        <li key={key} data-movement={key}>
          {label}
        </li>
      ))}
    </ul>
  );
}

function columnsOf(currency: string): Column<Month>[] {
  const amount = (minor: string) => <Amount minor={minor} currency={currency} />;
  return [
    {
      key: 'month',
      header: 'Month',
      phone: 'title',
      render: (month) => (
        <>
          {monthText(month.start)} {month.isRunning ? <span className="mg-tag">so far</span> : null}
        </>
      ),
    },
    ...movements.map(
      ({ key, label }): Column<Month> => ({
        key,
        header: label,
        align: 'end',
        phone: 'hidden',
        render: (month) => (month[key] === '0' ? <span className="mg-muted">—</span> : amount(month[key])),
      }),
    ),
    {
      key: 'net',
      header: 'Net',
      align: 'end',
      render: (month) => amount(netMinor(month)),
    },
    {
      key: 'paying',
      header: 'Paying',
      align: 'end',
      render: (month) => String(month.payingAtEnd),
    },
    {
      key: 'end',
      header: 'At the end',
      align: 'end',
      phone: 'value',
      render: (month) => <strong>{amount(month.endMinor)}</strong>,
    },
  ];
}

/** "November 2026", or the month alone where the year is clear. */
function monthText(start: string, month: 'long' | 'short' | 'narrow' = 'long'): string {
  const year = month === 'long' ? ({ year: 'numeric' } as const) : {};
  return new Intl.DateTimeFormat(readerLocale(), { month, ...year, timeZone: 'UTC' }).format(
    parseInstant(start),
  );
}
