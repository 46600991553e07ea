import type { Actor } from '../../shared/actor.ts';
import { notFound, type OrganizationId, toPublicId } from '../../shared/ids.ts';
import { type RecordUsageDeps, recordUsage } from '../record-usage.ts';
import type { RecordUsageAnswer } from '../usage.schemas.ts';
import type { UsageReader } from './usage-reading.ports.ts';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Sends a refused event once more as it came, after what was missing (a meter, a client) has been added. Its own id
 * makes that safe to repeat. @throws NOT_FOUND
 */
export async function resendRejectedEvent(
  deps: RecordUsageDeps & { reader: UsageReader },
  request: { actor: Actor; organizationId: OrganizationId; id: string },
): Promise<RecordUsageAnswer> {
  const { actor, organizationId, id } = request;
  const event = uuidPattern.test(id) ? await deps.reader.findRejected(organizationId, id) : undefined;
  if (event === undefined) throw notFound('rejected event');
  const organization = toPublicId('organization', organizationId);
  const answer = await recordUsage(
    { ...deps, rejectedEvents: { keep: async () => undefined } },
    {
      actor,
      // Whatever it named, it was refused for this organization and is sent again for it.
      events: [isObject(event.payload) ? { ...event.payload, organization } : event.payload],
      source: 'console',
      defaultOrganization: organization,
      receivedAt: event.receivedAt,
    },
  );
  if (answer.rejected === 0) await deps.reader.markResent(organizationId, id, deps.clock.now());
  return answer;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
