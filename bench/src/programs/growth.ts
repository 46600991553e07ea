import process from 'node:process';
import { asId } from '@metergate/core';
import { storeUsageEvents, toUsageRow } from '@metergate/db/metering';
import { fillUsage } from '../fill-usage.ts';
import { type Measured, measure, report } from '../load.ts';
import { type MeasuredInstance, startMeasuredInstance } from '../measured-instance.ts';
import { writeResults } from '../results.ts';

/**
 * What one more event costs when one million, ten (and with `--long` fifty) are stored: processor time of the
 * database for each event, which does not depend on what else the machine does.
 */
const sizes = process.argv.includes('--long')
  ? [1_000_000, 10_000_000, 50_000_000]
  : [100_000, 1_000_000, 3_000_000];
const seconds = 10;
let made = 0;

async function writeMore(instance: MeasuredInstance): Promise<Measured & { postgresUsPerEvent: number }> {
  const { database, organizationId } = instance;
  const before = instance.cpuMs().postgres;
  const measured = await measure({ seconds, concurrency: 2, unitsPerCall: 1000 }, async () => {
    const rows = Array.from({ length: 1000 }, () =>
      toUsageRow({
        organizationId: asId('organization', organizationId),
        aggregation: 'sum',
        source: 'api',
        draft: {
          ...{ id: `grow-${++made}`, meter: 'execution', quantity: '1', occurredAt: new Date() },
          ...{ clientId: null, subject: null, properties: null },
        },
      }),
    );
    await storeUsageEvents({ pool: database.ingest, recordedAt: new Date() }, rows);
  });
  const cpuMs = instance.cpuMs().postgres - before;
  return { ...measured, postgresUsPerEvent: (cpuMs * 1000) / measured.units };
}

const instance = await startMeasuredInstance();
try {
  const results: Record<string, Awaited<ReturnType<typeof writeMore>>> = {};
  let filled = 0;
  for (const size of sizes) {
    await fillUsage(instance, size, filled);
    filled = size;
    await instance.owner.query('checkpoint').catch(() => undefined);
    const measured = await writeMore(instance);
    results[String(size)] = measured;
    report(`${size.toLocaleString('en-US')} events stored`, measured);
    console.log(`  µs of the database per event: ${measured.postgresUsPerEvent.toPrecision(3)}`);
  }
  const costs = Object.values(results).map(({ postgresUsPerEvent }) => postgresUsPerEvent);
  const growth = (costs.at(-1) ?? 0) / (costs[0] ?? 1);
  console.log(`cost of one event, largest to smallest: ${growth.toPrecision(3)}`);
  await writeResults('growth', { results, growth });
} finally {
  await instance.stop();
}
