import { AppError, type ErrorKind, httpStatusByKind } from '../shared/app-error.ts';

interface RejectionRule {
  kind: ErrorKind;
  message: string;
}

/** Why one event of a batch is not counted. Codes are public API; the batch itself still answers 200. */
export const usageRejectionRules = {
  EVENT_INVALID: { kind: 'invalid_input', message: 'An event is a JSON object.' },
  ID_INVALID: {
    kind: 'invalid_input',
    message: 'The id must be text of 1 to 255 bytes without NUL characters or broken Unicode.',
  },
  ORGANIZATION_UNKNOWN: {
    kind: 'not_found',
    message: 'This organization does not exist, or the key may not name it.',
  },
  METER_UNKNOWN: {
    kind: 'invalid_input',
    message: 'This meter is not in the catalogue of the organization. Meters are never created by events.',
  },
  GROUP_UNKNOWN: {
    kind: 'invalid_input',
    message:
      'Usage of this meter is not kept by this property. The catalogue names the properties of a meter.',
  },
  QUANTITY_INVALID: {
    kind: 'invalid_input',
    message:
      'The quantity must be a plain decimal text or a whole number, not negative, below 10^16, with at most 12 decimals.',
  },
  QUANTITY_NOT_ROUNDED_UP: {
    kind: 'invalid_input',
    message: 'The quantity is not what the measured property gives when it is rounded up to whole units.',
  },
  OCCURRED_AT_INVALID: {
    kind: 'invalid_input',
    message: 'occurredAt must be an RFC 3339 text with an offset, for example 2027-02-28T10:00:00Z.',
  },
  OCCURRED_AT_TOO_OLD: {
    kind: 'invalid_input',
    message: 'occurredAt lies more than 35 days back. Older usage needs a backfill.',
  },
  OCCURRED_AT_IN_FUTURE: {
    kind: 'invalid_input',
    message: 'occurredAt lies more than 5 minutes in the future.',
  },
  CLIENT_UNKNOWN: {
    kind: 'invalid_input',
    message: 'This client does not exist. Clients are never created by events.',
  },
  SUBJECT_INVALID: {
    kind: 'invalid_input',
    message: 'The subject must be text of 1 to 255 bytes without NUL characters or broken Unicode.',
  },
  PROPERTIES_INVALID: {
    kind: 'invalid_input',
    message:
      'Properties must be a JSON object of at most 16 KB, 1 000 values and 8 levels, without NUL characters, broken Unicode or the key __proto__.',
  },
  USAGE_EVENT_ID_REUSED: {
    kind: 'conflict',
    message: 'This id was already used for an event with other content. The first one is kept.',
  },
  VALUE_MISSING: {
    kind: 'invalid_input',
    message:
      'This meter counts the different values of a property. Send the property as a text, number or boolean; whole numbers above 2^53 as a text.',
  },
  EVENT_NOT_STORABLE: {
    kind: 'invalid_input',
    message: 'The database refused this event. Its neighbors were not affected.',
  },
} as const satisfies Record<string, RejectionRule>;

export type UsageRejectionCode = keyof typeof usageRejectionRules;

export interface UsageRejection {
  code: UsageRejectionCode;
  message: string;
  httpStatus: number;
}

export function usageRejection(code: UsageRejectionCode): UsageRejection {
  const rule = usageRejectionRules[code];
  return { code, message: rule.message, httpStatus: httpStatusByKind[rule.kind] };
}

/** The same refusal as an error, for calls that carry a single event. */
export function usageRejected(code: UsageRejectionCode): AppError {
  const { kind, message } = usageRejectionRules[code];
  return new AppError({ code, kind, message: `usage event refused: ${code}`, userMessage: message });
}

/** More than the documented number of events in one request. */
export function usageBatchTooLarge(eventCountMax: number): AppError {
  return new AppError({
    code: 'USAGE_BATCH_TOO_LARGE',
    kind: 'too_large',
    message: 'too many usage events in one request',
    userMessage: `Send at most ${eventCountMax} events in one request.`,
  });
}

/** Not `{ events: [...] }`, or an empty list. */
export function usageBatchMalformed(): AppError {
  return new AppError({
    code: 'USAGE_BATCH_MALFORMED',
    kind: 'malformed',
    message: 'usage request is not a list of events',
    userMessage: 'Send { "events": [ … ] } with at least one event.',
  });
}

/** The writer's memory is full; nothing of this request was stored. */
export function usageIntakeBusy(): AppError {
  return new AppError({
    code: 'USAGE_INTAKE_BUSY',
    kind: 'rate_limited',
    severity: 'warning',
    message: 'usage intake queue is full',
    userMessage: 'Too many events are waiting. Send the same events again in a moment.',
    retryAfterSeconds: 1,
  });
}

/** The writer is stopping; nothing of this request was stored. */
export function usageIntakeClosed(): AppError {
  return new AppError({
    code: 'USAGE_INTAKE_CLOSED',
    kind: 'unavailable',
    message: 'usage intake is draining for shutdown',
    userMessage: 'This server is restarting. Send the same events again in a moment.',
    retryAfterSeconds: 1,
  });
}

/** A taken back event stands for nothing; what happened after all is a new event. */
export function usageAlreadyVoided(): AppError {
  return new AppError({
    code: 'USAGE_ALREADY_VOIDED',
    kind: 'conflict',
    message: 'usage event was voided before',
    userMessage: 'This event was already taken back. Report what really happened as a new event.',
  });
}

/** The event is gone with its details; its quantity stays in every total. */
export function usageEventRetired(): AppError {
  return new AppError({
    code: 'USAGE_EVENT_RETIRED',
    kind: 'conflict',
    message: 'usage event was retired',
    userMessage:
      'This event is older than events are kept. Its quantity is final; settle a difference with a credit note.',
  });
}

export function retentionTooShort(): AppError {
  return new AppError({
    code: 'RETENTION_TOO_SHORT',
    kind: 'invalid_input',
    message: 'usage events must be kept longer',
    userMessage: 'Keep usage events for at least four months.',
  });
}

/** Its events were taken back as a whole; their ids stay taken. */
export function backfillReverted(): AppError {
  return new AppError({
    code: 'BACKFILL_REVERTED',
    kind: 'conflict',
    message: 'usage backfill was reverted',
    userMessage:
      'This backfill was taken back. Send what really happened under another name, with new event ids.',
  });
}

export function correctionReasonMissing(): AppError {
  return new AppError({
    code: 'REASON_MISSING',
    kind: 'invalid_input',
    message: 'a correction has no reason',
    userMessage: 'Say in a few words why the event is corrected.',
  });
}
