import { recordUsage } from '@metergate/core/usage/record-usage';
import type { RecordUsageAnswer } from '@metergate/core/usage/usage.schemas';
import type { Container } from '../../container.ts';

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
const actor = { kind: 'job' as const, name: 'demo' };

/** Reports usage in full batches, two at a time, and answers how many events were new. */
export async function recordDemoUsage(
  { metering }: Pick<Container, 'metering'>,
  events: readonly DemoUsageEvent[],
): Promise<number> {
  let accepted = 0;
  for (let start = 0; start < events.length; start += 2 * batchSize) {
    const batches = [start, start + batchSize].map((from) => events.slice(from, from + batchSize));
    const answers = await Promise.all(
      batches
        .filter((batch) => batch.length > 0)
        .map((batch) =>
          recordUsage(metering.usage, { actor, events: batch, source: 'api', defaultOrganization: null }),
        ),
    );
    for (const answer of answers) {
      requireAccepted(answer);
      accepted += answer.accepted;
    }
  }
  return accepted;
}

/** The demo is made by rules that never make a wrong event, so a refusal is a defect here. */
function requireAccepted({ results }: RecordUsageAnswer): void {
  const refused = results.find(({ status }) => status === 'rejected');
  if (refused !== undefined) throw new Error(`a demo event was refused: ${JSON.stringify(refused)}`);
}
