import { toPublicId } from '@metergate/core';
import { type ExplainRequest, pageOfLineEvents } from '@metergate/core/payments/explain/explain-line';
import type { Container } from '../container.ts';
import { explainDeps } from '../invoices/explain-deps.ts';
import { csvText } from './csv.ts';

const PAGE = 1_000;
/** A longer export is cut here and says so; the events list pages through everything. */
const EVENTS_MAX = 50_000;

const columns = [
  'id',
  'kind',
  'meter',
  'quantity',
  'occurred_at',
  'recorded_at',
  'client',
  'subject',
  'corrects',
];

/** The events that a line of usage counts, newest first. @throws NOT_FOUND */
export async function lineEventsCsv(
  container: Container,
  request: ExplainRequest,
): Promise<{ content: Uint8Array; fileName: string; isCut: boolean }> {
  const deps = explainDeps(container);
  const rows: (string | null)[][] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOfLineEvents(deps, { ...request, limit: PAGE, cursor });
    for (const event of page.items) {
      rows.push([
        event.id,
        event.kind,
        event.meter,
        event.quantity,
        event.occurredAt.toISOString(),
        event.recordedAt.toISOString(),
        event.clientId === null ? null : toPublicId('client', event.clientId),
        event.subject,
        event.adjusts,
      ]);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && rows.length < EVENTS_MAX);
  const fileName = `usage-${toPublicId('invoiceLine', request.lineId)}.csv`;
  return {
    content: new TextEncoder().encode(csvText([columns, ...rows])),
    fileName,
    isCut: cursor !== undefined,
  };
}
