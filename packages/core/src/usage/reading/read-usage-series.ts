import type { Clock } from '../../shared/clock.ts';
import { type ClientId, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import { addQuantities, type Quantity } from '../../shared/money/quantity.ts';
import type { Period } from '../../shared/time/period.ts';
import { usageRejected } from '../usage.errors.ts';
import type { UsageSeriesQuery, UsageSeriesView } from '../usage.schemas.ts';
import { type Forecast, forecastBegins, forecastMeter } from './forecast.ts';
import { spanOf } from './reading-span.ts';
import { seriesWindows } from './series-windows.ts';
import type { MeterSpan, UsageReader } from './usage-reading.ports.ts';
import type { MeterTerms, UsageTermsReader } from './usage-terms.ts';

export interface UsageReadingDeps {
  clock: Clock;
  terms: UsageTermsReader;
  reader: UsageReader;
}

/** Usage of a meter over time; without from and to the current period. @throws METER_UNKNOWN, GROUP_UNKNOWN, SPAN_TOO_LONG */
export async function readUsageSeries(
  deps: UsageReadingDeps,
  request: { organizationId: OrganizationId; input: UsageSeriesQuery },
): Promise<UsageSeriesView> {
  const { organizationId, input } = request;
  const now = deps.clock.now();
  const { timeZone, meters } = await deps.terms.termsOf(organizationId, now);
  const terms = meters.find(({ meter }) => meter.key === input.meter);
  if (terms === undefined) throw usageRejected('METER_UNKNOWN');
  const groups = groupsOf(terms);
  if (input.groupBy !== undefined && !groups.includes(input.groupBy)) throw usageRejected('GROUP_UNKNOWN');
  const span = spanOf(input, terms.period);
  const windows = seriesWindows(span, input.granularity, timeZone);
  const source: MeterSpan = { organizationId, meter: input.meter, aggregation: terms.meter.aggregation };
  const points = await readPoints(deps, source, { groupBy: input.groupBy, windows, now });
  const total = await totalOf(deps, source, { groupBy: input.groupBy, span, points });
  const isCurrent = isSame(span, terms.period);
  return {
    meter: input.meter,
    name: terms.meter.name,
    unit: terms.meter.unit,
    from: span.start.toISOString(),
    to: span.end.toISOString(),
    timeZone,
    granularity: input.granularity,
    groups,
    total,
    points,
    previous: input.compare
      ? await previousPoints(deps, source, { ...request, terms, span, timeZone })
      : null,
    limit: isCurrent ? terms.included : null,
    forecast: isCurrent ? toForecastView(forecastMeter(terms, { period: span, now, used: total })) : null,
    forecastFrom: (isCurrent && forecastBegins(terms, { period: span, now })?.toISOString()) || null,
    asOf: now.toISOString(),
  };
}

type Point = UsageSeriesView['points'][number];

function pointsOf(quantities: readonly Quantity[], windows: readonly Period[], now: Date): Point[] {
  return windows.map(({ start, end }, index) => ({
    start: start.toISOString(),
    end: end.toISOString(),
    quantity: quantities[index] ?? '0',
    state: end <= now ? 'complete' : start <= now ? 'partial' : 'future',
  }));
}

/** Every meter can be read by client; the catalogue names the properties it can be read by as well. */
function groupsOf({ meter }: MeterTerms): string[] {
  return [...new Set(['client', ...meter.groupBy])];
}

/** More groups than a person reads; a property may have a million values. */
const groupsMax = 50;
/** Of clients every one is told as long as the answer stays one that can be sent; then the largest. */
const pointsMax = 50_000;

async function readPoints(
  { reader }: UsageReadingDeps,
  source: MeterSpan,
  shape: { groupBy: string | undefined; windows: readonly Period[]; now: Date },
): Promise<Point[]> {
  const { groupBy, windows, now } = shape;
  if (groupBy === undefined) return pointsOf(await reader.series(source, windows), windows, now);
  if (groupBy !== 'client') {
    const property = { key: groupBy, groupsMax };
    return groupedPoints(await reader.seriesByProperty(source, windows, property), windows, now);
  }
  const clientsMax = Math.ceil(pointsMax / windows.length);
  const byClient = await reader.seriesByClient(source, windows, clientsMax);
  const named = [...byClient].map(([client, quantities]) => [nameOfClient(client), quantities] as const);
  return groupedPoints(new Map(named), windows, now);
}

/**
 * What adds up is added up, so that points and total are of one moment. The largest, the latest and different values
 * of windows do not, and of groups only the largest may be shown.
 */
async function totalOf(
  { reader }: UsageReadingDeps,
  { organizationId, ...source }: MeterSpan,
  shape: { groupBy: string | undefined; span: Period; points: readonly Point[] },
): Promise<Quantity> {
  const { groupBy, span, points } = shape;
  const isSum = source.aggregation === 'sum' || source.aggregation === 'count';
  if (isSum && groupBy === undefined) return addQuantities(...points.map(({ quantity }) => quantity));
  const { totals } = await reader.totals(organizationId, [{ ...source, period: span }]);
  return totals[0] ?? '0';
}

function nameOfClient(client: ClientId | null): string {
  return client === null ? 'none' : toPublicId('client', client);
}

/** A group is the client's public id or the value of the property, `none` without one; the largest comes first. */
function groupedPoints(
  series: ReadonlyMap<string, readonly Quantity[]>,
  windows: readonly Period[],
  now: Date,
): Point[] {
  const sums = [...series].map(([group, quantities]) => ({
    group,
    quantities,
    sum: Number(addQuantities(...quantities)),
  }));
  return sums
    .toSorted((a, b) => b.sum - a.sum)
    .flatMap(({ group, quantities }) =>
      pointsOf(quantities, windows, now).map((point) => ({ ...point, group })),
    );
}

async function previousPoints(
  deps: UsageReadingDeps,
  source: MeterSpan,
  context: { input: UsageSeriesQuery; terms: MeterTerms; span: Period; timeZone: string },
): Promise<UsageSeriesView['previous']> {
  const { input, terms, span, timeZone } = context;
  const previous = isSame(span, terms.period) ? terms.previousPeriod : spanBefore(span);
  const windows = seriesWindows(previous, input.granularity, timeZone);
  const quantities = await deps.reader.series(source, windows);
  return windows.map(({ start }, index) => ({
    start: start.toISOString(),
    quantity: quantities[index] ?? '0',
  }));
}

function spanBefore({ start, end }: Period): Period {
  return { start: new Date(start.getTime() - (end.getTime() - start.getTime())), end: start };
}

function isSame(left: Period, right: Period): boolean {
  return left.start.getTime() === right.start.getTime() && left.end.getTime() === right.end.getTime();
}

function toForecastView(forecast: Forecast | null): UsageSeriesView['forecast'] {
  if (forecast === null) return null;
  return { ...forecast, limitReachedAt: forecast.limitReachedAt?.toISOString() ?? null };
}
