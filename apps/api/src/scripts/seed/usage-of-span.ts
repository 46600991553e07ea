import type { Tenant } from './demo-world.ts';
import type { DemoUsageEvent } from './record-demo-usage.ts';
import { SeedRandom } from './seed-random.ts';
import type { UsageHabit } from './story.ts';

const hourMs = 3_600_000;
/** Sunday first. */
const weekdayFactors = [0.3, 1, 1.08, 1.12, 1.05, 0.9, 0.35];
/** By hour of the local day: quiet nights, two peaks around lunch. */
const hourWeights = [2, 1, 1, 1, 1, 2, 4, 9, 18, 27, 31, 29, 22, 25, 30, 29, 25, 19, 13, 9, 7, 5, 4, 3];
const weightSum = hourWeights.reduce((sum, weight) => sum + weight, 0);

type Reporter = Pick<Tenant, 'plot' | 'clients'>;

export interface UsageSpan {
  start: Date;
  end: Date;
  /** Multiplies the events a day. */
  factor: number;
}

/** What an organization reports for the whole hours of a span; the same span gives the same events. */
export function usageOfSpan(tenant: Reporter, span: UsageSpan): DemoUsageEvent[] {
  const events: DemoUsageEvent[] = [];
  const firstHour = Math.floor(span.start.getTime() / hourMs);
  const endHour = Math.floor(span.end.getTime() / hourMs);
  for (let hour = firstHour; hour < endHour; hour += 1) {
    for (const habit of tenant.plot.habits) events.push(...usageOfHour(tenant, habit, { hour, ...span }));
  }
  return events;
}

function usageOfHour(
  tenant: Reporter,
  habit: UsageHabit,
  { hour, factor }: { hour: number; factor: number },
): DemoUsageEvent[] {
  const { key, utcOffsetHours } = tenant.plot;
  const name = `demo:${key}:${habit.meter}:${hour}`;
  const random = new SeedRandom(seedOf(name));
  const local = new Date((hour + utcOffsetHours) * hourMs);
  const expected = habit.eventsPerDay * factor * shareOfDay(habit, local);
  const clients = [...tenant.clients.keys()];
  return Array.from({ length: random.around(expected) }, (_, index) => {
    const client = weighted(clients, random);
    return eventsOf(habit, random, {
      id: `${name}:${index}`,
      organization: key,
      occurredAt: new Date(hour * hourMs + random.whole(0, hourMs - 1)).toISOString(),
      ...(client === undefined ? {} : { client }),
    });
  }).flat();
}

/** Of an ordinary day's events, those of this hour; what is done on some days only is the whole week's then. */
function shareOfDay({ runs }: UsageHabit, local: Date): number {
  const [hour, weekday] = [local.getUTCHours(), local.getUTCDay()];
  const ofWeekday = weekdayFactors[weekday] ?? 1;
  if (runs === undefined) return ((hourWeights[hour] ?? 0) / weightSum) * ofWeekday;
  const { hours, weekdays } = runs;
  if (!hours.includes(hour) || weekdays?.includes(weekday) === false) return 0;
  return (weekdays === undefined ? ofWeekday : 7 / weekdays.length) / hours.length;
}

type Common = Pick<DemoUsageEvent, 'id' | 'organization' | 'occurredAt' | 'client'>;

function eventsOf(habit: UsageHabit, random: SeedRandom, common: Common): DemoUsageEvent[] {
  const { meter, quantity, translatedPercent } = habit;
  const amount = random.whole(...quantity);
  if (meter !== 'call') return [{ ...common, meter, quantity: String(amount) }];
  const subject = `call-${common.id.slice('demo:'.length)}`;
  const call = (part: string, units: number, properties: Record<string, number> = {}) => ({
    ...common,
    id: `${common.id}:${part}`,
    meter: part,
    quantity: String(units),
    subject,
    properties,
  });
  const minutes = Math.ceil(amount / 60);
  const events: DemoUsageEvent[] = [call('call', 1), call('minute', minutes, { durationSeconds: amount })];
  if (random.chance(0.6)) events.push(call('transcription', 1));
  if (random.whole(1, 100) <= (translatedPercent ?? 0)) events.push(call('translation', 1));
  return events;
}

/** The first clients are the big ones: each next one has three quarters of the one before. */
function weighted(clients: readonly string[], random: SeedRandom): string | undefined {
  for (const client of clients) {
    if (random.chance(0.25)) return client;
  }
  return clients[0];
}

/** FNV-1a, 32 bits: a name becomes the seed of its own chance, so that no event depends on another one. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
