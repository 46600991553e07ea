import type {
  Backfill,
  RejectedEvent,
  RevertPreview,
  UsageAnomaly,
  UsageCheck,
  UsageEvent,
  UsageParts,
  UsageProof,
  UsageSeries,
  UsageSummary,
} from '../src/app/views.ts';
import { daysAgo, daysAhead, minutesAgo, period, periodEnd, periodStart } from './dates.ts';

const dayMs = 86_400_000;
const shape = [
  310, 402, 388, 520, 611, 190, 140, 455, 498, 530, 560, 602, 205, 160, 480, 512, 555, 590, 640, 230, 180,
  470, 500, 520, 575, 610, 220, 170, 490, 505, 530,
];

interface MeterFixture {
  meter: string;
  name: string;
  unit: string;
  family: string;
  included: string | null;
  onLimit: 'block' | 'overage' | 'warn' | null;
  scale: number;
}

export const meterFixtures: MeterFixture[] = [
  {
    meter: 'message',
    name: 'Messages',
    unit: 'messages',
    family: 'agency',
    included: '10000',
    onLimit: 'overage',
    scale: 1,
  },
  {
    meter: 'voice_transcription',
    name: 'Voice transcriptions',
    unit: 'transcriptions',
    family: 'agency',
    included: '500',
    onLimit: 'overage',
    scale: 0.066,
  },
  {
    meter: 'minute',
    name: 'Call minutes',
    unit: 'minutes',
    family: 'voice-ops',
    included: '20000',
    onLimit: 'overage',
    scale: 0.7,
  },
  {
    meter: 'call',
    name: 'Calls',
    unit: 'calls',
    family: 'voice-ops',
    included: '2000',
    onLimit: 'block',
    scale: 0.08,
  },
  {
    meter: 'diagnostic_view',
    name: 'Diagnostic views',
    unit: 'views',
    family: 'agency',
    included: null,
    onLimit: null,
    scale: 0.2,
  },
];

function values(scale: number): number[] {
  const count = Math.round((periodEnd.getTime() - periodStart.getTime()) / dayMs);
  return Array.from({ length: count }, (_, day) => Math.round((shape[day % shape.length] ?? 300) * scale));
}

function dayOf(instant: number): number {
  return Math.floor((instant - periodStart.getTime()) / dayMs);
}

export function usageTotal(fixture: MeterFixture): number {
  return values(fixture.scale)
    .slice(0, dayOf(Date.now()) + 1)
    .reduce((sum, value) => sum + value, 0);
}

export function usageSummary(isEmpty: boolean): UsageSummary {
  return {
    snapshotId: '01KA9F3M7Q',
    asOf: minutesAgo(0.6),
    meters: isEmpty
      ? []
      : meterFixtures.map((fixture) => ({
          meter: fixture.meter,
          name: fixture.name,
          unit: fixture.unit,
          family: fixture.family,
          used: String(usageTotal(fixture)),
          included: fixture.included,
          notInPlan: fixture.included === '0',
          onLimit: fixture.onLimit,
          forecast: String(values(fixture.scale).reduce((sum, value) => sum + value, 0)),
        })),
  };
}

export function usageSeries(
  meter: string,
  options: { groupBy?: string | undefined; compare?: boolean | undefined; granularity?: string | undefined },
): UsageSeries {
  const fixture = meterFixtures.find((candidate) => candidate.meter === meter) ?? meterFixtures[0];
  if (fixture === undefined) throw new Error('fixtures have a meter');
  const today = dayOf(Date.now());
  const all = values(fixture.scale);
  const total = usageTotal(fixture);
  const groups =
    options.groupBy === 'channel'
      ? ['whatsapp', 'instagram-direct-messages-of-all-linked-accounts', 'mail', 'none', 'web']
      : ['Contoso', 'Fabrikam', 'Globex', 'Initech', 'Umbrella Dental'];
  const points: UsageSeries['points'] =
    options.groupBy === undefined
      ? all.map((value, day) => ({
          start: new Date(periodStart.getTime() + day * dayMs).toISOString(),
          end: new Date(periodStart.getTime() + (day + 1) * dayMs).toISOString(),
          quantity: String(day > today ? 0 : day === today ? Math.round(value * 0.6) : value),
          state: day > today ? 'future' : day === today ? 'partial' : 'complete',
        }))
      : groups.map((group, index) => ({
          ...period,
          group,
          quantity: String(Math.round(total * ([0.38, 0.24, 0.18, 0.12, 0.08][index] ?? 0))),
          state: 'partial',
        }));
  return {
    meter: fixture.meter,
    name: fixture.name,
    unit: fixture.unit,
    from: period.start,
    to: period.end,
    timeZone: 'Europe/Berlin',
    granularity: options.granularity === 'period' ? 'period' : 'day',
    groups: ['client', 'channel'],
    total: String(total),
    points,
    previous:
      options.compare === true
        ? all.map((value, day) => ({
            start: new Date(periodStart.getTime() + (day - 30) * dayMs).toISOString(),
            quantity: String(Math.round(value * 0.86 + (day % 3) * 12)),
          }))
        : null,
    limit: fixture.included,
    forecast: {
      total: String(Math.round(total * 1.46)),
      low: String(Math.round(total * 1.36)),
      high: String(Math.round(total * 1.58)),
      limitReachedAt: fixture.included === null ? null : new Date(Date.now() + 5 * dayMs).toISOString(),
    },
    forecastFrom: null,
    asOf: minutesAgo(0.6),
  };
}

/** Seven hours after its period began: little is used, and nothing can be said about the rest. */
export function onFirstDay(series: UsageSeries): UsageSeries {
  const [first, ...rest] = series.points;
  if (first === undefined) return series;
  const points = [{ ...first, quantity: '42', state: 'partial' as const }, ...rest.map(asFuture)];
  return { ...series, total: '42', points, forecast: null, forecastFrom: daysAhead(0.7) };
}

function asFuture(point: UsageSeries['points'][number]): UsageSeries['points'][number] {
  return { ...point, quantity: '0', state: 'future' };
}

export const usageEvents: UsageEvent[] = Array.from({ length: 14 }, (_, index) => ({
  id: `evt-2026-${9401 - index}`,
  kind: index === 6 ? 'void' : 'usage',
  adjusts: index === 6 ? 'evt-2026-9388' : null,
  meter: 'message',
  quantity: index === 6 ? '-1' : String((index % 4) + 1),
  occurredAt: minutesAgo(index * 7 + 1),
  recordedAt: minutesAgo(index * 7 + 0.9),
  client: ['Contoso', 'Fabrikam', 'Globex'][index % 3] ?? null,
  subject: `conv_${7000 + index}`,
  properties: null,
}));

export const rejectedEvents: RejectedEvent[] = [
  {
    id: 'rej_1',
    eventId: 'evt-2026-9120',
    code: 'CLIENT_UNKNOWN',
    message: 'The client "c-999" does not exist.',
    payload: { meter: 'message', client: 'c-999', quantity: '1' },
    receivedAt: daysAgo(2),
    resentAt: null,
  },
  {
    id: 'rej_2',
    eventId: 'evt-2026-8001',
    code: 'METER_UNKNOWN',
    message: 'The meter "mesage" does not exist.',
    payload: { meter: 'mesage', quantity: '1' },
    receivedAt: daysAgo(4),
    resentAt: daysAgo(3),
  },
];

export const usageChecks: UsageCheck[] = [
  {
    ...{
      kind: 'level',
      meter: 'agents',
      client: null,
      from: daysAgo(1),
      to: daysAgo(1),
      checkedAt: daysAgo(0.5),
    },
    ...{ theirs: { count: 0, total: '12' }, ours: { count: 0, total: '11' }, equal: false },
  },
  {
    kind: 'usage',
    ...{ meter: 'message', client: null, from: daysAgo(2), to: daysAgo(1), checkedAt: daysAgo(0.9) },
    ...{ theirs: { count: 1204, total: '1204' }, ours: { count: 1198, total: '1198' }, equal: false },
  },
  {
    kind: 'usage',
    ...{ meter: 'message', client: null, from: daysAgo(3), to: daysAgo(2), checkedAt: daysAgo(1.9) },
    ...{ theirs: { count: 998, total: '998' }, ours: { count: 998, total: '998' }, equal: true },
  },
];

export const backfills: Backfill[] = [
  {
    ...{ id: 'collector-2026-10', reason: 'The collector was down for a day', createdAt: daysAgo(5) },
    ...{ events: 412, standing: 412, retired: 0, occurredFrom: daysAgo(40), occurredTo: daysAgo(39) },
    ...{ revertReason: null, revertedAt: null },
  },
  {
    ...{ id: 'import-7', reason: 'Import of the old system', createdAt: daysAgo(20) },
    ...{ events: 90, standing: 0, retired: 0, occurredFrom: daysAgo(80), occurredTo: daysAgo(60) },
    ...{ revertReason: 'It was the file of another customer', revertedAt: daysAgo(19) },
  },
];

export function revertPreview(id: string): RevertPreview {
  const period = { start: daysAgo(45), end: daysAgo(15), isClosed: true, before: '9120', after: '8708' };
  return { id, dryRun: true, reverted: 412, remaining: 0, periods: [{ meter: 'message', ...period }] };
}

export const anomalies: UsageAnomaly[] = [
  {
    meter: 'message',
    kind: 'spike',
    windowStart: daysAgo(1.125),
    windowEnd: daysAgo(1),
    expected: '212',
    actual: '1480',
    detectedAt: daysAgo(0.98),
  },
  {
    meter: 'call',
    kind: 'silence',
    windowStart: daysAgo(3),
    windowEnd: daysAgo(2),
    expected: '41.5',
    actual: '0',
    detectedAt: daysAgo(1.98),
  },
];

export function usageParts(meter: string, isEmpty: boolean): UsageParts {
  const fixture = meterFixtures.find((candidate) => candidate.meter === meter) ?? meterFixtures[0];
  if (fixture === undefined) throw new Error('fixtures have a meter');
  const total = usageTotal(fixture);
  return {
    meter: fixture.meter,
    name: fixture.name,
    unit: fixture.unit,
    from: period.start,
    to: period.end,
    lateFrom: new Date(periodEnd.getTime() + 3_600_000).toISOString(),
    total: String(total),
    parts: isEmpty
      ? []
      : [
          { part: 'amended', count: 3, adds: '-12' },
          { part: 'late', count: 4, adds: '4' },
          { part: 'reported', count: total - 991, adds: String(total - 990) },
          { part: 'retired', count: 1000, adds: '1000' },
          { part: 'voided', count: 2, adds: '-2' },
        ],
  };
}

export const usageProofs: UsageProof[] = [
  {
    subscriptionId: 'sub_0190a5c8d7e17d3ab1c2d3e4f5a6b7c8',
    meter: 'lead_qualified',
    period,
    eventsQuantity: '1240',
    bucketsQuantity: '1240',
    toldQuantity: '1197.5',
    toldSource: 'stripe',
    billedQuantity: '1240',
    billedMinor: '24800',
    invoicedMinor: '23950',
    currency: 'USD',
    verdict: 'open',
    refusals: [{ reason: 'the customer is unknown', quantity: '42.5' }],
    provedAt: period.end,
  },
];
