import { hash } from 'node:crypto';
import { type MeterAggregation, payloadText, type UsageEventEntry } from '@metergate/core/usage/usage-event';
import { plainArray, textArray } from '../array-literal.ts';

/** One event as the statement takes it. */
export interface UsageRow {
  organizationId: string;
  id: string;
  payloadHash: string;
  meter: string;
  quantity: string;
  occurredAt: string;
  clientId: string | null;
  subject: string | null;
  properties: string | null;
  source: string;
  aggregation: MeterAggregation;
  /** No column: looked at before the event is stored. */
  backfillId: string | null;
}

export function toUsageRow(entry: UsageEventEntry): UsageRow {
  const { draft } = entry;
  return {
    organizationId: entry.organizationId,
    id: draft.id,
    payloadHash: hash('sha256', payloadText(draft), 'hex'),
    meter: draft.meter,
    quantity: draft.quantity,
    occurredAt: draft.occurredAt.toISOString(),
    clientId: draft.clientId,
    subject: draft.subject,
    properties: draft.properties,
    source: entry.source,
    aggregation: entry.aggregation,
    backfillId: entry.backfillId ?? null,
  };
}

/** The parameters of a statement that starts with `unnestedUsageRows`. */
export function usageRowColumns(rows: readonly UsageRow[]): string[] {
  return [
    plainArray(rows.map((row) => row.organizationId)),
    textArray(rows.map((row) => row.id)),
    plainArray(rows.map((row) => row.payloadHash)),
    textArray(rows.map((row) => row.meter)),
    plainArray(rows.map((row) => row.quantity)),
    plainArray(rows.map((row) => row.occurredAt)),
    textArray(rows.map((row) => row.clientId)),
    textArray(rows.map((row) => row.subject)),
    textArray(rows.map((row) => row.properties)),
    textArray(rows.map((row) => row.source)),
  ];
}

/** `$1`…`$10` of `usageRowColumns` as a relation. */
export const unnestedUsageRows = `
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::timestamptz[],
                       $7::uuid[], $8::text[], $9::text[], $10::text[])
    as row (organization_id, id, payload_hash, meter, quantity, occurred_at, client_id, subject, properties, source)`;
