import { hash } from 'node:crypto';
import type { CounterLevels, ReceiptTerms, Verdict } from '@metergate/core/limits/limits.ports';
import type pg from 'pg';
import { plainArray, plainArrayOrNull, textArray } from '../array-literal.ts';
import type { Statement } from '../ingest/one-message.ts';
import { canonical } from './decimal-text.ts';
import { tellRefusals } from './refusal-messages.ts';

/** `levels` are those that decided, before the decision took effect. */
export interface ReceiptRow {
  id: string;
  terms: ReceiptTerms;
  verdict: Verdict;
  levels: CounterLevels;
}

/** A UUID that the same fact always gets (version 8), so that a repeated call finds its first decision by key. */
export function derivedId(...parts: readonly string[]): string {
  const hex = hash('sha256', JSON.stringify(parts), 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export async function insertReceipts(client: pg.ClientBase, receipts: readonly ReceiptRow[]): Promise<void> {
  if (receipts.length === 0) return;
  await client.query(insertReceiptRows(receipts));
  await tellRefusals(client, receipts);
}

/** Those that are known already stay as they are. A refusal is told besides. */
function insertReceiptRows(receipts: readonly ReceiptRow[]): Statement {
  return {
    name: 'insert_receipts',
    text: `${insertStatement} on conflict (organization_id, id) do nothing`,
    values: receiptColumns(receipts),
  };
}

/** Of grants whose ids are believed to be new; ends the transaction when one is not (`idTaken`). */
export function insertNewReceipts(receipts: readonly ReceiptRow[]): Statement {
  return { name: 'insert_new_receipts', text: insertStatement, values: receiptColumns(receipts) };
}

function receiptColumns(receipts: readonly ReceiptRow[]): string[] {
  const { texts, numbers } = distinctEvidence(receipts);
  return [
    plainArray(receipts.map(({ terms }) => terms.organizationId)),
    plainArray(receipts.map(({ id }) => id)),
    plainArray(receipts.map(({ terms }) => terms.at.toISOString())),
    textArray(receipts.map(({ terms }) => terms.feature)),
    plainArray(receipts.map(({ terms }) => terms.operation)),
    plainArray(receipts.map(({ verdict }) => verdict.decision)),
    textArray(receipts.map(({ verdict }) => verdict.reason)),
    plainArray(receipts.map(({ terms }) => terms.quantity)),
    plainArray(receipts.map(({ levels }) => levels.used)),
    plainArray(receipts.map(({ levels }) => levels.reserved)),
    plainArrayOrNull(receipts.map(({ terms }) => terms.limit)),
    textArray(receipts.map(({ terms }) => terms.planVersion)),
    textArray(texts),
    plainArray(numbers.map(String)),
    plainArrayOrNull(receipts.map(({ terms }) => terms.clientId)),
    textArray(receipts.map(({ terms }) => terms.subject)),
  ];
}

/**
 * Each evidence once, and which of them belongs to each receipt (from 1): decisions about the same rights in the same
 * period share one object, which is most of what a receipt weighs.
 */
function distinctEvidence(receipts: readonly ReceiptRow[]): { texts: string[]; numbers: number[] } {
  const texts: string[] = [];
  const known = new Map<object, number>();
  const numbers = receipts.map(({ terms, verdict }) => {
    const shared = verdict.evidence === undefined ? known.get(terms.evidence) : undefined;
    if (shared !== undefined) return shared;
    texts.push(JSON.stringify({ ...terms.evidence, ...verdict.evidence }));
    if (verdict.evidence === undefined) known.set(terms.evidence, texts.length);
    return texts.length;
  });
  return { texts, numbers };
}

const insertStatement = `
insert into decision_receipts (organization_id, id, at, feature, operation, decision, reason, quantity, used, reserved,
                               limit_quantity, plan_version, evidence, client_id, subject)
select organization_id, id, at, feature, operation, decision, reason, quantity, used, reserved, limit_quantity,
       plan_version, ($13::jsonb[])[evidence], client_id, subject
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
              $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::text[], $14::int[], $15::uuid[],
              $16::text[])
    as row (organization_id, id, at, feature, operation, decision, reason, quantity, used, reserved,
            limit_quantity, plan_version, evidence, client_id, subject)`;

export interface StoredReceipt {
  id: string;
  at: Date;
  feature: string;
  decision: Verdict['decision'];
  reason: string | null;
  quantity: string;
  used: string;
  reserved: string;
  limit: string | null;
  clientId: string | null;
  subject: string | null;
}

export async function findReceipts(
  client: pg.ClientBase,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, StoredReceipt>> {
  const { rows } = await client.query<StoredReceipt>({
    name: 'find_receipts',
    // Only the primary key delivers this order; the other index would read every receipt of the organization.
    text: `select receipt.* from unnest($2::uuid[]) as wanted (id)
             cross join lateral (
               select id, at, feature, decision, reason, quantity, used, reserved, limit_quantity as limit,
                      client_id as "clientId", subject
                 from decision_receipts where organization_id = $1 and id >= wanted.id and id <= wanted.id
                order by id limit 1
             ) as receipt`,
    values: [organizationId, ids],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ...row,
        quantity: canonical(row.quantity),
        used: canonical(row.used),
        reserved: canonical(row.reserved),
        limit: row.limit === null ? null : canonical(row.limit),
      },
    ]),
  );
}

/** Whether a repeated id asks what it asked before. How long something is to be held is no part of that. */
export function isAboutTheSame(terms: ReceiptTerms, first: StoredReceipt): boolean {
  const { feature, quantity, clientId, subject } = terms;
  return (
    first.feature === feature &&
    first.quantity === quantity &&
    first.clientId === clientId &&
    first.subject === subject
  );
}
