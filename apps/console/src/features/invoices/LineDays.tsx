import { useState } from 'react';
import { readerLocale } from '../../app/locale.ts';
import type { LineExplanation } from '../../app/views.ts';
import { calendarDateText } from '../../components/date-text.ts';
import { compactText, percentText, quantityText, shareOf } from '../../components/quantity-text.ts';
import type { ChartPoint } from '../../ui/charts/chart-data.ts';
import { type ChartMode, UsageChart } from '../../ui/charts/UsageChart.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { type ClientTotal, clientTotals, type DayTotal, dayTotals } from './line-days.ts';

/** Which days and which clients the quantity comes from. */
export function LineDays({ explanation }: { explanation: LineExplanation }) {
  const [mode, setMode] = useState<ChartMode>('bucket');
  const days = dayTotals(explanation.days);
  const clients = clientTotals(explanation.days);
  if (days.length === 0) {
    return (
      <EmptyState reason="never" title="No single days">
        Nothing was counted in this period, or the details are older than what is kept.
      </EmptyState>
    );
  }
  return (
    <div className="mg-stack-lg">
      <UsageChart
        name={explanation.line.description}
        unit=""
        points={days.map(toPoint)}
        limit={null}
        forecast={null}
        mode={mode}
        onMode={setMode}
        bucketWord="day"
        format={(value) => new Intl.NumberFormat(readerLocale(), { maximumFractionDigits: 2 }).format(value)}
        formatAxis={compactText}
        summary={`${days.length} ${days.length === 1 ? 'day' : 'days'}, ${clients.length === 1 ? 'one client' : `${clients.length} clients`}. Days in the time zone of the organization.`}
      />
      <Clients clients={clients} total={explanation.rating?.quantity ?? null} />
    </div>
  );
}

function Clients({ clients, total }: { clients: readonly ClientTotal[]; total: string | null }) {
  return (
    <div className="mg-bleed">
      <DataTable
        caption="Quantity by client"
        rows={clients}
        rowKey={(client) => client.id ?? ''}
        columns={[
          { key: 'client', header: 'Client', phone: 'title', render: (client) => client.name },
          {
            key: 'share',
            header: 'Share',
            align: 'end',
            render: (client) => percentText(shareOf(client.quantity, total)),
          },
          {
            key: 'quantity',
            header: 'Quantity',
            align: 'end',
            phone: 'value',
            render: (client) => quantityText(client.quantity),
          },
        ]}
      />
    </div>
  );
}

function toPoint({ date, quantity }: DayTotal): ChartPoint {
  return {
    label: calendarDateText(date),
    value: Number(quantity),
    text: quantityText(quantity),
    state: 'complete',
    previous: null,
  };
}
