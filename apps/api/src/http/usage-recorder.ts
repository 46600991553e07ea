import { toPublicId } from '@metergate/core';
import { recordUsage } from '@metergate/core/usage/record-usage';
import { usageBatchMalformed, usageBatchTooLarge } from '@metergate/core/usage/usage.errors';
import { type RecordUsageAnswer, usageBatchSizeMax } from '@metergate/core/usage/usage.schemas';
import type { Container } from '../container.ts';
import type { ApiKeyActor } from './rest/route.ts';

const fewEventsMax = 100;

export type UsageRecorder = (actor: ApiKeyActor, body: unknown) => Promise<RecordUsageAnswer>;

/** What `POST /v1/usage-events` does with a body that was read. @throws USAGE_BATCH_MALFORMED, USAGE_BATCH_TOO_LARGE */
export function createUsageRecorder({ metering }: Pick<Container, 'metering'>): UsageRecorder {
  return async (actor, body) => {
    const events = eventsOf(body);
    if (events.length > fewEventsMax) await metering.turns.next();
    return await recordUsage(metering.usage, {
      actor,
      events,
      source: 'api',
      defaultOrganization: actor.organizationId && toPublicId('organization', actor.organizationId),
    });
  };
}

function eventsOf(body: unknown): readonly unknown[] {
  const events = typeof body === 'object' && body !== null && 'events' in body ? body.events : undefined;
  if (!Array.isArray(events) || events.length === 0) throw usageBatchMalformed();
  if (events.length > usageBatchSizeMax) throw usageBatchTooLarge(usageBatchSizeMax);
  return events;
}
