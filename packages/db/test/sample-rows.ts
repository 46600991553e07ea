import type pg from 'pg';
import { deliveryRows, invoiceRows, messageRows, subscriptionRows } from './sample-billing-rows.ts';
import { limitRows, usageRows } from './sample-metering-rows.ts';
import { organizationRows, recordRows } from './sample-organization-rows.ts';
import { canary, json, type SampleRow, sampleIds, to } from './sample-values.ts';

export { canary, type SampleRow, sampleIds } from './sample-values.ts';

/** One valid row of every table that holds an organization's data, in an order that satisfies foreign keys. */
export function sampleRows(number: number): [table: string, row: SampleRow][] {
  const ids = sampleIds(number);
  const own = { organization_id: ids.organization };
  const text = `${canary}-${number}`;
  return [
    ...organizationRows(ids, text),
    ...recordRows(ids, text),
    ...subscriptionRows(ids, text),
    ...usageRows(ids, text),
    ...limitRows(ids, text),
    ...invoiceRows(ids, text),
    ...messageRows(ids, text),
    ...deliveryRows(ids, text),
    ['flag_overrides', { ...own, flag_key: 'sample_flag', value: json, reason: text, created_by: text }],
    [
      'view_as_sessions',
      { ...own, id: ids.other, staff_user_id: text, reason: text, ticket: text, expires_at: to },
    ],
  ];
}

/** The platform rows that tenant rows refer to. */
export const platformRows: [table: string, row: SampleRow][] = [
  [
    'flags',
    {
      key: 'sample_flag',
      description: 'x',
      kind: 'boolean',
      variants: '[]',
      default_value: 'false',
      rules: '[]',
      owner: 'x',
    },
  ],
];

/** Writes one row with the given connection and its rights. */
export async function insertRow(
  client: pg.Pool | pg.ClientBase,
  table: string,
  row: SampleRow,
): Promise<void> {
  const columns = Object.keys(row);
  const names = columns.map((column) => `"${column}"`).join(', ');
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await client.query(`insert into ${table} (${names}) values (${places})`, Object.values(row));
}
