import type { Limit } from '../src/app/views.ts';
import { daysAgo, period } from './dates.ts';
import { meterFixtures, usageTotal } from './usage-fixtures.ts';

const consequences = {
  block: 'At the limit new ones are refused. Reading works, running calls are never cut off.',
  overage: 'Nothing stops. What goes beyond is billed at the price shown.',
  warn: 'Nothing stops. You are told.',
} as const;

function limit(
  fields: Pick<Limit, 'feature' | 'family' | 'name' | 'unit' | 'used' | 'limit' | 'onLimit'> & Partial<Limit>,
): Limit {
  const share =
    fields.limit === null || Number(fields.limit) === 0
      ? null
      : String((Number(fields.used) * 100) / Number(fields.limit));
  return {
    kind: 'metered',
    reserved: '0',
    percent: share === null ? null : share.slice(0, 6),
    notInPlan: fields.limit === '0',
    overagePrice: fields.onLimit === 'overage' ? '0.01' : null,
    currency: 'USD',
    thresholds: [80, 100],
    lastAlert:
      Number(share ?? 0) >= 80
        ? { threshold: Number(share) >= 100 ? 100 : 80, firedAt: daysAgo(1), endedWindowStart: null }
        : null,
    resetsAt: period.end,
    override: null,
    limitReachedAt: share !== null && Number(share) > 60 && Number(share) < 100 ? daysAgo(-4) : null,
    upgradeTo: share !== null && Number(share) >= 80 ? { plan: 'business', name: 'Business' } : null,
    consequence: consequences[fields.onLimit],
    ...fields,
  };
}

export const limits: Limit[] = [
  ...meterFixtures
    .filter((fixture) => fixture.onLimit !== null)
    .map((fixture) =>
      limit({
        feature: fixture.meter,
        family: fixture.family,
        name: fixture.name,
        unit: fixture.unit,
        used: String(usageTotal(fixture)),
        limit: fixture.included,
        onLimit: fixture.onLimit ?? 'warn',
        ...(fixture.meter === 'call'
          ? {
              reserved: '3',
              override: { reason: 'Launch week', expiresAt: daysAgo(-9) },
              lastAlert: { threshold: 100, firedAt: daysAgo(1), endedWindowStart: daysAgo(33) },
            }
          : {}),
      }),
    ),
  limit({
    feature: 'locations',
    family: 'agency',
    name: 'Locations',
    unit: 'locations',
    used: '28',
    limit: '25',
    onLimit: 'block',
    kind: 'allocated',
    resetsAt: null,
  }),
  limit({
    feature: 'users',
    family: 'voice-ops',
    name: 'Users',
    unit: 'users',
    used: '8',
    limit: null,
    onLimit: 'warn',
    kind: 'allocated',
    resetsAt: null,
  }),
];

export function levelDays(feature: string) {
  const days = Array.from({ length: 30 }, (_, day) => {
    const [start, end] = [daysAgo(30 - day), daysAgo(29 - day)];
    return { start, end, level: String(40 + ((day * 7) % 11)) };
  });
  return { feature, timeZone: 'UTC', days };
}
