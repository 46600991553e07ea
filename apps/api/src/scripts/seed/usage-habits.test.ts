import { detectAnomaly, type UsageHour } from '@metergate/core/usage/anomalies/detect-anomaly';
import { expect, it } from 'vitest';
import { agencyHabits, callHabits, leadHabits, studioHabits, wordHabits } from './cast-usage.ts';
import type { Tenant } from './demo-world.ts';
import { usageOfSpan } from './usage-of-span.ts';

const hourMs = 3_600_000;
const start = new Date('2027-01-04T00:00:00Z');
const weeks = 16;
const hours = weeks * 168;
const firstJudged = 5 * 168;

/** Sixteen weeks of one of the demo's habits, growing by 3 % a week, hour by hour and meter by meter. */
function hoursOfDemo(key: string, habits: Tenant['plot']['habits']): Map<string, UsageHour[]> {
  const tenant = { plot: { key, habits, utcOffsetHours: 1 }, clients: new Map() } as unknown as Tenant;
  const totals = new Map<string, { quantity: number; events: number }[]>();
  for (let week = 0; week < weeks; week += 1) {
    const from = start.getTime() + week * 168 * hourMs;
    const span = { start: new Date(from), end: new Date(from + 168 * hourMs), factor: 1.03 ** week };
    for (const { meter, quantity, occurredAt } of usageOfSpan(tenant, span)) {
      const ofMeter = totals.get(meter) ?? Array.from({ length: hours }, () => ({ quantity: 0, events: 0 }));
      totals.set(meter, ofMeter);
      const hour = ofMeter[Math.floor((Date.parse(occurredAt) - start.getTime()) / hourMs)];
      if (hour === undefined) continue;
      hour.quantity += Number(quantity);
      hour.events += 1;
    }
  }
  return new Map(
    [...totals].map(([meter, ofMeter]) => [
      meter,
      ofMeter.map(({ quantity, events }) => ({ quantity: String(quantity), events })),
    ]),
  );
}

it('raises no alarm in sixteen weeks of the habits that the demo lives by', { timeout: 60_000 }, () => {
  const habits = [
    agencyHabits(4),
    callHabits(12, 20),
    studioHabits(5),
    wordHabits(6),
    leadHabits(6),
    leadHabits(1),
  ];
  let judged = 0;
  const alarms: string[] = [];
  for (const [n, ofFamily] of habits.entries()) {
    for (const [meter, all] of hoursOfDemo(`demo-${n}`, ofFamily)) {
      for (let end = firstJudged; end <= hours; end += 1) {
        judged += 1;
        const found = detectAnomaly(all.slice(Math.max(0, end - 1368), end));
        if (found !== null) alarms.push(`${meter} ${end} ${JSON.stringify(found)}`);
      }
    }
  }
  expect(judged).toBeGreaterThan(15_000);
  expect(alarms).toEqual([]);
});
