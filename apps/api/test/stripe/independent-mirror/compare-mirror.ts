import { isDeepStrictEqual } from 'node:util';
import type { TestDatabase } from '@metergate/testing';

/** The engine's tables and the endpoints whose objects they hold. */
const ENDPOINTS: Record<string, string> = {
  products: 'products',
  prices: 'prices',
  plans: 'plans',
  customers: 'customers',
  subscriptions: 'subscriptions',
  subscription_items: 'subscription_items',
  subscription_schedules: 'subscription_schedules',
  invoices: 'invoices',
  invoice_payments: 'invoice_payments',
  charges: 'charges',
  payment_intents: 'payment_intents',
  setup_intents: 'setup_intents',
  payment_methods: 'payment_methods',
  credit_notes: 'credit_notes',
  refunds: 'refunds',
  disputes: 'disputes',
  checkout_sessions: 'checkout/sessions',
};
/** What the engine writes itself. */
const OWN_COLUMNS = new Set(['last_synced_at', 'updated_at', 'deleted']);

export interface Comparison {
  objects: number;
  fields: number;
  /** "table id.column: mirrored value / value at Stripe". */
  differences: string[];
  ids: Map<string, string[]>;
}

/** Compares each column of each row with the field of that name of the object that Stripe answers now. */
export async function compareMirror(
  pool: TestDatabase['owner'],
  read: (path: string) => Promise<Record<string, unknown> | null>,
  tables = Object.keys(ENDPOINTS),
): Promise<Comparison> {
  const result: Comparison = { objects: 0, fields: 0, differences: [], ids: new Map() };
  for (const table of tables) {
    const { rows } = await pool.query<Record<string, unknown>>(`select * from stripe."${table}" order by id`);
    const present = rows.filter((row) => row.deleted !== true);
    result.ids.set(
      table,
      present.map((row) => String(row.id)),
    );
    for (const row of rows) await compareRow(result, { table, row }, read);
  }
  return result;
}

async function compareRow(
  result: Comparison,
  { table, row }: { table: string; row: Record<string, unknown> },
  read: (path: string) => Promise<Record<string, unknown> | null>,
): Promise<void> {
  const id = String(row.id);
  const truth =
    table === 'subscription_items' ? await itemOf(row, read) : await read(`/v1/${ENDPOINTS[table]}/${id}`);
  result.objects += 1;
  if (truth === null) {
    if (row.deleted !== true) result.differences.push(`${table} ${id}: not at Stripe`);
    return;
  }
  for (const [column, value] of Object.entries(row)) {
    if (OWN_COLUMNS.has(column)) continue;
    result.fields += 1;
    const [mine, theirs] = [plain(value), plain(fieldOf(truth, column))];
    if (isDeepStrictEqual(mine, theirs)) continue;
    result.differences.push(`${table} ${id}.${column}: ${JSON.stringify(mine)} / ${JSON.stringify(theirs)}`);
  }
}

/** The items of an ended subscription cannot be read one by one, but they stand in the subscription. */
async function itemOf(
  { id, subscription }: Record<string, unknown>,
  read: (path: string) => Promise<Record<string, unknown> | null>,
): Promise<Record<string, unknown> | null> {
  const holder = await read(`/v1/subscriptions/${subscription}`);
  const items: Record<string, unknown>[] = Object(holder?.items).data ?? [];
  return items.find((item) => item.id === id) ?? null;
}

/** The engine stores an item's price by its id. */
function fieldOf(truth: Record<string, unknown>, column: string): unknown {
  const value = truth[column];
  const isItemPrice = truth.object === 'subscription_item' && column === 'price';
  return isItemPrice ? Object(value).id : value;
}

/** Numbers and decimal texts are one thing in a database column; absent is null; decimals arrive quoted. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
    return Object.fromEntries(entries.map(([name, inner]) => [name, plain(inner)]));
  }
  const text = String(value);
  return /^"-?\d+(\.\d+)?"$/.test(text) ? text.slice(1, -1) : text;
}
