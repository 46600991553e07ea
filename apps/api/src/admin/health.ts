import type { healthTileSchema, healthViewSchema } from '@metergate/core/admin/admin.schemas';
import { type HealthFigures, missingMigrations, readHealthFigures } from '@metergate/db';
import type { z } from 'zod';
import { measureSkew, skewAlarmMs } from '../clock/measure-skew.ts';
import { monotonicMs } from '../clock/system-clock.ts';
import type { Container } from '../container.ts';

type Tile = z.infer<typeof healthTileSchema>;
type Measure = Pick<Tile, 'state' | 'value' | 'detail'>;

/** One tile per thing that can break. What could not be measured is unknown, never green. */
export async function readHealth(container: Container): Promise<z.infer<typeof healthViewSchema>> {
  const { clock, database } = container;
  const asOf = clock.now();
  const figures = await attempt(() => readHealthFigures(database.platform, asOf));
  const tiles = [
    await measure({ key: 'database', name: 'Database', slo: '≤ 50 ms' }, () => databaseMeasure(container)),
    await measure({ key: 'migrations', name: 'Migrations', slo: 'all applied' }, () =>
      migrationsMeasure(container),
    ),
    await measure({ key: 'stripe', name: 'Stripe', slo: 'reachable' }, () => stripeMeasure(container)),
    await measure({ key: 'clock', name: 'Clock', slo: '≤ 2 s off the database' }, () =>
      clockMeasure(container),
    ),
    ...figureTiles(figures, asOf),
  ];
  return { asOf: asOf.toISOString(), tiles };
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

async function measure(
  tile: Pick<Tile, 'key' | 'name' | 'slo'>,
  work: () => Promise<Measure>,
): Promise<Tile> {
  return { ...tile, ...((await attempt(work)) ?? unmeasured) };
}

const unmeasured: Measure = { state: 'unknown', value: '–', detail: 'Could not be measured.' };

async function databaseMeasure({ database }: Container): Promise<Measure> {
  const milliseconds = await database.ping();
  return {
    state: milliseconds > 50 ? 'warning' : 'ok',
    value: `${oneDecimal(milliseconds)} ms`,
    detail: 'One round trip of the application role.',
  };
}

async function migrationsMeasure({ database }: Container): Promise<Measure> {
  const missing = await missingMigrations(database.app);
  if (missing.length === 0) return { state: 'ok', value: 'all applied', detail: '' };
  return { state: 'failing', value: `${missing.length} missing`, detail: missing.join(', ') };
}

async function stripeMeasure({ gateway, background }: Container): Promise<Measure> {
  const isAvailable = gateway.availability() === 'available';
  return {
    state: isAvailable ? 'ok' : 'failing',
    value: isAvailable ? 'available' : 'unavailable',
    detail: `Mode: ${background.stripeMode}. Judged by the last calls of this process.`,
  };
}

async function clockMeasure({ clock, simulatedClock, env }: Container): Promise<Measure> {
  const skewMs = await measureSkew({ clock, simulatedClock, monotonicMs, isSimulated: env.TEST_SEAMS });
  const isOff = Math.abs(skewMs) > skewAlarmMs;
  return {
    state: isOff ? 'failing' : 'ok',
    value: `${skewMs > 0 ? '+' : ''}${oneDecimal(skewMs / 1000)} s`,
    detail: isOff ? 'Webhooks and usage may be refused; repair time synchronization.' : 'Of this process.',
  };
}

function figureTiles(figures: HealthFigures | undefined, asOf: Date): Tile[] {
  return figureMeasures.map(({ key, name, slo, of }) => ({
    key,
    name,
    slo,
    ...(figures === undefined ? unmeasured : of(figures, asOf)),
  }));
}

const figureMeasures: readonly {
  key: string;
  name: string;
  slo: string;
  of(figures: HealthFigures, asOf: Date): Measure;
}[] = [
  {
    key: 'inbound_lag',
    name: 'Event lag p95',
    slo: '≤ 30 s',
    of: ({ inboundLagP95 }) =>
      inboundLagP95 === null
        ? { state: 'unknown', value: '–', detail: 'No event was finished in the last hour.' }
        : {
            state: stateAbove(inboundLagP95 / 1000, { warning: 30, failing: 300 }),
            value: `${oneDecimal(inboundLagP95 / 1000)} s`,
            detail: 'From arrival to effect, last hour.',
          },
  },
  {
    key: 'inbound_queue',
    name: 'Events waiting',
    slo: 'oldest ≤ 5 min',
    of: ({ inboundOpen, inboundOldestSeconds }) => ({
      state: stateAbove(inboundOldestSeconds ?? 0, { warning: 60, failing: 300 }),
      value: String(inboundOpen),
      detail: inboundOldestSeconds === null ? '' : `The oldest for ${Math.round(inboundOldestSeconds)} s.`,
    }),
  },
  {
    key: 'inbound_dead',
    name: 'Dead events',
    slo: '0',
    of: ({ inboundDead }) => ({
      state: inboundDead > 0 ? 'failing' : 'ok',
      value: String(inboundDead),
      detail: inboundDead > 0 ? 'Replay them after the cause is gone.' : '',
    }),
  },
  {
    key: 'outbox',
    name: 'Outbox',
    slo: '0 dead',
    of: ({ outboxOpen, outboxDead }) => ({
      state: outboxDead > 0 ? 'failing' : outboxOpen > 1000 ? 'warning' : 'ok',
      value: String(outboxOpen),
      detail: `${outboxDead} dead.`,
    }),
  },
  {
    key: 'inbound_foreign',
    name: 'Foreign events',
    slo: '0 in 24 h',
    of: ({ otherMode, otherAccount, conflicts }) => ({
      state: otherMode + otherAccount + conflicts > 0 ? 'warning' : 'ok',
      value: String(otherMode + otherAccount + conflicts),
      detail: `${otherMode} of the other mode, ${otherAccount} of another account, ${conflicts} known ids with other content. Never applied.`,
    }),
  },
  {
    key: 'drift',
    name: 'Drift',
    slo: '0 open, compared every hour',
    of: ({ driftOpen, comparedLastAt }, asOf) => {
      const isLate = comparedLastAt === null || asOf.getTime() - comparedLastAt.getTime() > 2 * 3_600_000;
      return {
        state: driftOpen > 0 ? 'failing' : isLate ? 'unknown' : 'ok',
        value: String(driftOpen),
        detail:
          comparedLastAt === null
            ? 'Nothing was compared with Stripe yet.'
            : `Last compared with Stripe at ${comparedLastAt.toISOString()}.`,
      };
    },
  },
  {
    key: 'usage_rate',
    name: 'Usage events',
    slo: 'shown only',
    of: ({ usageRecorded }) => ({
      state: 'ok',
      value: `${oneDecimal(usageRecorded / 300)} per s`,
      detail: 'Recorded in the last five minutes.',
    }),
  },
  {
    key: 'schedules',
    name: 'Scheduled jobs',
    slo: 'none failed in 24 h',
    of: ({ schedulesFailed, schedulesLastAt }) => ({
      state: schedulesFailed > 0 ? 'warning' : schedulesLastAt === null ? 'unknown' : 'ok',
      value: schedulesLastAt === null ? 'never ran' : schedulesLastAt.toISOString(),
      detail: `${schedulesFailed} failed in the last 24 hours.`,
    }),
  },
];

function stateAbove(
  value: number,
  { warning, failing }: { warning: number; failing: number },
): Tile['state'] {
  if (value > failing) return 'failing';
  return value > warning ? 'warning' : 'ok';
}

function oneDecimal(value: number): string {
  return String(Math.round(value * 10) / 10);
}
