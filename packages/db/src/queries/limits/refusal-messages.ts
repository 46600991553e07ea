import { type MessageType, toPublicId } from '@metergate/core';
import type pg from 'pg';
import { createIdSource } from '../../ids.ts';
import type { ReceiptRow } from './receipt-rows.ts';

const ids = createIdSource();
const type: MessageType = 'limit.blocked';

/** Reasons that are about an amount; a missing plan or payment is told by messages of its own. */
const countedReasons: ReadonlySet<string | null> = new Set([
  'limit_reached',
  'client_limit_reached',
  'budget_reached',
]);

/**
 * Tells about refusals, once per feature, reason and period (and client, for its own limit) instead of once per
 * refusal: a caller that keeps asking must not become a flood. Commits with the receipts.
 */
export async function tellRefusals(client: pg.ClientBase, receipts: readonly ReceiptRow[]): Promise<void> {
  const refusals = new Map(
    receipts.filter(isRefusal).map((row) => [`${row.terms.organizationId} ${factOf(row)}`, row] as const),
  );
  if (refusals.size === 0) return;
  const rows = [...refusals.values()];
  await client.query({
    name: 'tell_refusals',
    text: `insert into webhook_messages (organization_id, id, type, fact, data, occurred_at)
           select organization_id, id, '${type}', fact, data::jsonb, occurred_at
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
               as row (organization_id, id, fact, data, occurred_at)
           on conflict do nothing`,
    values: [
      rows.map(({ terms }) => terms.organizationId),
      rows.map(() => ids.next()),
      rows.map(factOf),
      rows.map((row) => JSON.stringify(dataOf(row))),
      rows.map(({ terms }) => terms.at.toISOString()),
    ],
  });
}

function isRefusal({ verdict }: ReceiptRow): boolean {
  return verdict.decision === 'blocked' && countedReasons.has(verdict.reason);
}

function factOf({ terms, verdict }: ReceiptRow): string {
  const who = verdict.reason === 'client_limit_reached' ? `:${terms.clientId ?? ''}` : '';
  return `${type}:${terms.feature}:${verdict.reason ?? ''}${who}:${String(terms.evidence.periodStart)}`;
}

function dataOf({ id, terms, verdict, levels }: ReceiptRow) {
  const { feature, quantity, limit, clientId, evidence } = terms;
  return {
    feature,
    reason: verdict.reason,
    used: levels.used,
    reserved: levels.reserved,
    limit,
    requested: quantity,
    client: clientId === null ? null : toPublicId('client', clientId),
    periodStart: evidence.periodStart ?? null,
    receiptId: toPublicId('receipt', id),
  };
}
