import type { Meter } from '../../catalog/meter.ts';
import type { ProductFamily } from '../../catalog/product-family.ts';
import type { InvoiceDetails, InvoiceReader } from '../../invoices/read/invoice-reader.ports.ts';
import { toLineView } from '../../invoices/read/invoice-view.ts';
import { requireInvoice } from '../../invoices/read/read-invoices.ts';
import { type Id, type InvoiceId, notFound, type OrganizationId } from '../../shared/ids.ts';
import type { Page } from '../../shared/page.ts';
import { billingPeriodAt } from '../../shared/time/billing-period.ts';
import type { Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { StoredUsageEvent, UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { BillUsageTx } from '../bill-usage/bill-usage.ports.ts';
import { billedLine } from './billed-steps.ts';
import type { LineExplanationView } from './explanation.schemas.ts';
import { prorationFormula, recurringFormula, usageFormula } from './line-formula.ts';
import { type OwnPriceTx, ownPriceOfLine, ownPriceSentence } from './own-price-of-line.ts';
import { type ClientNames, clientView, usageDays } from './usage-days.ts';

export interface ExplainDeps {
  unitOfWork: UnitOfWork<BillUsageTx & OwnPriceTx & { clients: ClientNames }>;
  invoiceReader: InvoiceReader;
  usage: Pick<UsageReader, 'seriesByClient' | 'events'>;
  families: readonly ProductFamily[];
}

export interface ExplainRequest {
  organizationId: OrganizationId;
  invoiceId: InvoiceId;
  lineId: Id<'invoiceLine'>;
}

const eventsShown = 50;

/**
 * Takes one line apart: usage from what was written down when it was rated, down to days, clients and events;
 * prorations and recurring prices from the line's own facts. @throws NOT_FOUND
 */
export async function explainLine(deps: ExplainDeps, request: ExplainRequest): Promise<LineExplanationView> {
  const { details, line, meter, period } = await requireLine(deps, request);
  const nothing = { hasMoreEvents: false, days: [], events: [], steps: [] };
  const own = await deps.unitOfWork.run(request.organizationId, (tx) =>
    ownPriceOfLine(tx, request.organizationId, line),
  );
  const named = own === null ? [] : [ownPriceSentence(own)];
  const view = { line: toLineView(line, details.clientNames), ownPrice: own, ...nothing };
  if (meter === null || line.isProration) {
    const formula = line.isProration
      ? prorationFormula(line, await wholePeriod(deps, request, details))
      : recurringFormula(line);
    const kind = line.isProration ? 'proration' : 'recurring';
    return { ...view, kind, formula: [...named, ...formula], rating: null };
  }
  const { organizationId } = request;
  const { rating, steps } = await deps.unitOfWork.run(organizationId, (tx) =>
    billedLine(tx, organizationId, { invoice: details.invoice, line }),
  );
  const page = await deps.usage.events(organizationId, eventFilter(meter, period, { limit: eventsShown }));
  const { days, names } = await usageDays(deps, {
    organizationId,
    meter,
    period,
    details,
    events: page.items,
  });
  return {
    ...view,
    kind: 'usage',
    formula: [...named, ...(rating === null ? recurringFormula(line) : usageFormula(line, rating))],
    rating,
    steps,
    days,
    events: page.items.map(({ id, kind, adjusts, quantity, occurredAt, recordedAt, clientId, subject }) => ({
      id,
      kind,
      adjusts,
      quantity,
      occurredAt: occurredAt.toISOString(),
      recordedAt: recordedAt.toISOString(),
      client: clientView(clientId, names),
      subject,
    })),
    hasMoreEvents: page.nextCursor !== null,
  };
}

/** One page of the events that a line of usage counts, newest first. @throws NOT_FOUND for a line without usage */
export async function pageOfLineEvents(
  deps: ExplainDeps,
  request: ExplainRequest & { limit: number; cursor?: string | undefined },
): Promise<Page<StoredUsageEvent>> {
  const { meter, period } = await requireLine(deps, request);
  if (meter === null) throw notFound('usage of the line');
  return deps.usage.events(request.organizationId, eventFilter(meter, period, request));
}

function eventFilter(meter: Meter, period: Period, page: { limit: number; cursor?: string | undefined }) {
  const { limit, cursor } = page;
  return { meters: [meter.key], from: period.start, to: period.end, limit, cursor };
}

async function requireLine(deps: ExplainDeps, request: ExplainRequest) {
  const details = await requireInvoice(deps, request);
  const line = details.lines.find(({ id }) => id === request.lineId);
  if (line === undefined) throw notFound('line');
  const meter = deps.families.flatMap(({ meters }) => meters).find(({ key }) => key === line.meter) ?? null;
  return { details, line, meter, period: { start: line.periodStart, end: line.periodEnd } };
}

/** The full period that a proration is a share of; null without a subscription. */
async function wholePeriod(
  deps: ExplainDeps,
  { organizationId }: ExplainRequest,
  { invoice, lines }: InvoiceDetails,
): Promise<Period | null> {
  const { subscriptionId } = invoice;
  const at = lines.find(({ isProration }) => isProration)?.periodStart;
  if (subscriptionId === null || at === undefined) return null;
  const record = await deps.unitOfWork.run(organizationId, (tx) =>
    tx.subscriptions.findById(organizationId, subscriptionId),
  );
  if (record === null || at < record.billingAnchor) return null;
  return billingPeriodAt(record.billingAnchor, { unit: record.interval, count: 1 }, at);
}
