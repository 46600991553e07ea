import { DataTable } from '../DataTable.tsx';
import type { ChartRow } from './chart-data.ts';

interface ChartTableProps {
  name: string;
  unit: string;
  valueWord: string;
  rows: readonly ChartRow[];
  format: (value: number) => string;
}

/** The same values as the picture. */
export function ChartTable({ name, unit, valueWord, rows, format }: ChartTableProps) {
  const known = rows.filter((row) => row.value !== null || row.forecast !== null);
  const amount = (value: number | null) => (value === null ? '—' : format(value));
  const optional = [
    { key: 'forecast', header: 'Forecast' },
    { key: 'previous', header: 'Period before' },
  ] as const;
  return (
    <div className="mg-chart-table">
      <DataTable
        caption={unit === '' ? name : `${name} in ${unit}`}
        rows={known}
        rowKey={(row) => row.label}
        columns={[
          { key: 'label', header: 'Date', phone: 'title', render: (row) => row.label },
          {
            key: 'value',
            header: valueWord,
            align: 'end',
            phone: 'value',
            render: (row) => amount(row.value),
          },
          // A column in which nothing stands only takes room.
          ...optional
            .filter(({ key }) => known.some((row) => row[key] !== null))
            .map(({ key, header }) => ({
              key,
              header,
              align: 'end' as const,
              render: (row: ChartRow) => amount(row[key]),
            })),
        ]}
      />
    </div>
  );
}
