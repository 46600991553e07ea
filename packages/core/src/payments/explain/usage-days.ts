import type { Meter } from '../../catalog/meter.ts';
import type { InvoiceDetails } from '../../invoices/read/invoice-reader.ports.ts';
import { asId, type ClientId, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import { compareQuantities } from '../../shared/money/quantity.ts';
import { dayWindows } from '../../shared/time/day-window.ts';
import { intersection, type Period } from '../../shared/time/period.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { StoredUsageEvent, UsageReader } from '../../usage/reading/usage-reading.ports.ts';
import type { LineExplanationView } from './explanation.schemas.ts';

export interface ClientNames {
  find(organizationId: OrganizationId, id: ClientId): Promise<{ name: string } | undefined>;
}

type Names = ReadonlyMap<string, string>;

/** Usage of a line's period by local day and client, with the names of every client that is shown. */
export async function usageDays(
  deps: { unitOfWork: UnitOfWork<{ clients: ClientNames }>; usage: Pick<UsageReader, 'seriesByClient'> },
  usage: {
    organizationId: OrganizationId;
    meter: Meter;
    period: Period;
    details: InvoiceDetails;
    events: readonly StoredUsageEvent[];
  },
): Promise<{ days: LineExplanationView['days']; names: Names }> {
  const { organizationId, meter, period, details, events } = usage;
  // A line that was made by hand may have an empty period.
  if (period.start >= period.end) return { days: [], names: new Map() };
  const windows = dayWindows(period, details.recipient.timeZone).flatMap((window) => {
    const within = intersection(window, period);
    return within === undefined ? [] : [{ ...within, date: window.date }];
  });
  const span = { organizationId, meter: meter.key, aggregation: meter.aggregation };
  const series = await deps.usage.seriesByClient(span, windows);
  const ids = new Set([...series.keys(), ...events.map(({ clientId }) => clientId)]);
  const names = await namesOf(deps, organizationId, ids);
  const days = windows.flatMap(({ date }, index) =>
    [...series].flatMap(([clientId, totals]) => {
      const quantity = totals[index] ?? '0';
      return compareQuantities(quantity, '0') === 0
        ? []
        : [{ date, client: clientView(clientId, names), quantity }];
    }),
  );
  return { days, names };
}

export function clientView(id: ClientId | null, names: Names): { id: string; name: string } | null {
  return id === null ? null : { id: toPublicId('client', id), name: names.get(id) ?? 'Removed client' };
}

async function namesOf(
  deps: { unitOfWork: UnitOfWork<{ clients: ClientNames }> },
  organizationId: OrganizationId,
  ids: ReadonlySet<ClientId | null>,
): Promise<Names> {
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const names = new Map<string, string>();
    for (const id of ids) {
      const client = id === null ? undefined : await tx.clients.find(organizationId, asId('client', id));
      if (id !== null && client !== undefined) names.set(id, client.name);
    }
    return names;
  });
}
