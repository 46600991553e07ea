import { recordUsage } from '@metergate/core/usage/record-usage';
import type { UsageWriter } from '@metergate/core/usage/usage.ports';
import type { RecordUsageAnswer } from '@metergate/core/usage/usage.schemas';
import { storeUsageEvents, toUsageRow } from '@metergate/db/metering';
import type { Container } from '../../container.ts';
import { sideBySide } from '../../jobs/lanes.ts';

/** As a platform sends it to `POST /v1/usage-events`. */
export interface DemoUsageEvent {
  id: string;
  organization: string;
  meter: string;
  quantity: string;
  occurredAt: string;
  client?: string;
  subject?: string;
  properties?: Readonly<Record<string, string | number>>;
}

const batchSize = 1_000;
/** While the database stores some batches, the next is made; more would only wait for each other. */
const width = 3;
const actor = { kind: 'job' as const, name: 'demo' };

type Intake = Pick<Container, 'metering' | 'database' | 'clock'>;

/** Reports usage in full batches, some at a time, and answers how many events were new. */
export async function recordDemoUsage(intake: Intake, events: readonly DemoUsageEvent[]): Promise<number> {
  const deps = { ...intake.metering.usage, writer: fullBatches(intake) };
  let accepted = 0;
  await sideBySide(batchesOf(events), width, async (batch) => {
    const answer = await recordUsage(deps, {
      actor,
      events: batch,
      source: 'api',
      defaultOrganization: null,
    });
    requireAccepted(answer);
    accepted += answer.accepted;
  });
  return accepted;
}

function* batchesOf(events: readonly DemoUsageEvent[]) {
  for (let start = 0; start < events.length; start += batchSize) yield events.slice(start, start + batchSize);
}

/** The intake that everybody shares cuts batches short so that others are heard in between; here is nobody else. */
function fullBatches({ metering, database, clock }: Intake): UsageWriter {
  return {
    async write(entries) {
      const options = { pool: database.ingest, recordedAt: clock.now() };
      const outcomes = await storeUsageEvents(options, entries.map(toUsageRow));
      for (const [index, { organizationId, draft }] of entries.entries()) {
        if (outcomes[index] === 'accepted') metering.touched.add(organizationId, draft.meter);
      }
      return outcomes;
    },
  };
}

/** The demo is made by rules that never make a wrong event, so a refusal is a defect here. */
function requireAccepted({ results }: RecordUsageAnswer): void {
  const refused = results.find(({ status }) => status === 'rejected');
  if (refused !== undefined) throw new Error(`a demo event was refused: ${JSON.stringify(refused)}`);
}
