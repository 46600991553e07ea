import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { IdSource } from '../shared/ids.ts';
import { type RecordUsageDeps, recordUsage } from './record-usage.ts';
import type { RecordUsageAnswer } from './usage.schemas.ts';

/**
 * Sends one event of quantity 1 from the console, marked by its source and property. It is ordinary usage: it counts
 * and is charged like any other.
 */
export async function recordTestEvent(
  deps: RecordUsageDeps & { ids: IdSource },
  request: { actor: Actor; organization: string; meter: string },
): Promise<RecordUsageAnswer> {
  const { actor, organization, meter } = request;
  authorize(actor, { members: ['owner', 'admin'] });
  const event = {
    id: `test-${deps.ids.next()}`,
    organization,
    meter,
    quantity: '1',
    occurredAt: deps.clock.now().toISOString(),
    properties: { test: true },
  };
  return await recordUsage(deps, { actor, events: [event], source: 'console', defaultOrganization: null });
}
