import { DataTable } from '../DataTable.tsx';
import type { ChartRow } from './chart-data.ts';

interface ChartTableProps {
  name: string;
  unit: string;
  rows: readonly ChartRow[];
  format: (value: number) => string;
}

/** The same values as the picture. */
export function ChartTable({ name, unit, rows, format }: ChartTableProps) {
  const known = rows.filter((row) => row.value !== null || row.forecast !== null);
  return (
    <div className="mg-chart-table">
      <DataTable
        caption={`${name} in ${unit}`}
        rows={known}
        rowKey={(row) => row.label}
        columns={[
          { key: 'label', header: 'Date', phone: 'title', render: (row) => row.label },
          {
            key: 'value',
            header: 'Used',
            align: 'end',
            phone: 'value',
            render: (row) => (row.value === null ? '—' : format(row.value)),
          },
          {
            key: 'forecast',
            header: 'Forecast',
            align: 'end',
            render: (row) => (row.forecast === null ? '—' : format(row.forecast)),
          },
          {
            key: 'previous',
            header: 'Period before',
            align: 'end',
            render: (row) => (row.previous === null ? '—' : format(row.previous)),
          },
        ]}
      />
    </div>
  );
}
