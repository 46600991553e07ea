import { hash } from 'node:crypto';
import { counterDelta, payloadText, type UsageEventEntry } from '@metergate/core/usage/usage-event';

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
  counterDelta: string | null;
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
    counterDelta: counterDelta(entry.aggregation, draft.quantity),
  };
}

/** The parameters of a statement that starts with `unnestedUsageRows`. */
export function usageRowColumns(rows: readonly UsageRow[]): unknown[] {
  return [
    rows.map((row) => row.organizationId),
    rows.map((row) => row.id),
    rows.map((row) => row.payloadHash),
    rows.map((row) => row.meter),
    rows.map((row) => row.quantity),
    rows.map((row) => row.occurredAt),
    rows.map((row) => row.clientId),
    rows.map((row) => row.subject),
    rows.map((row) => row.properties),
    rows.map((row) => row.source),
    rows.map((row) => row.counterDelta),
  ];
}

/** `$1`…`$11` of `usageRowColumns` as a relation in their order. */
export const unnestedUsageRows = `
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::timestamptz[],
                       $7::uuid[], $8::text[], $9::text[], $10::text[], $11::numeric[])
    with ordinality as row (organization_id, id, payload_hash, meter, quantity, occurred_at,
                            client_id, subject, properties, source, counter_delta, position)`;
