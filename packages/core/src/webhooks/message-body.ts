import { type OrganizationId, toPublicId } from '../shared/ids.ts';
import type { SentMessageType } from './message-types.ts';

export interface MessageFacts {
  id: string;
  type: SentMessageType;
  occurredAt: Date;
  /** Null = the message is about no organization (a test of the platform's endpoint). */
  organization: { id: OrganizationId; externalId: string | null } | null;
  data: unknown;
}

/** The text that is signed and sent. Made once and stored, so that every attempt sends the same bytes. */
export function messageBody({ id, type, occurredAt, organization, data }: MessageFacts): string {
  return JSON.stringify({
    id: toPublicId('webhookMessage', id),
    type,
    timestamp: occurredAt.toISOString(),
    organization:
      organization === null
        ? null
        : { id: toPublicId('organization', organization.id), externalId: organization.externalId },
    data,
  });
}
