import type { ClientId } from '../shared/ids.ts';
import { parseQuantity, type Quantity, unitsRoundedUp } from '../shared/money/quantity.ts';
import { parseInstant } from '../shared/time/instant.ts';
import { canonicalProperties } from './event-properties.ts';
import { isEventText } from './event-text.ts';
import { type UsageRejection, type UsageRejectionCode, usageRejection } from './usage.errors.ts';
import type { MeterAggregation, MeterRule, UsageEventDraft } from './usage-event.ts';

const dayMs = 86_400_000;
/** Older usage needs the backfill scope (R5). */
export const usageAgeMaxMs = 35 * dayMs;
/** Senders' clocks may run ahead by this much. */
export const usageFutureMaxMs = 5 * 60_000;

/** What one organization's events are checked against. */
export interface UsageIntake {
  readonly now: Date;
  /** When it came first, where it is sent again: it does not grow too old while it waits here. */
  readonly receivedAt?: Date | undefined;
  /** Meters of the families the organization may use; a Map, so that "constructor" is an ordinary unknown key. */
  readonly meters: ReadonlyMap<string, MeterRule>;
  /** Our id or the platform's own id → the client; undefined for unknown and foreign ones alike. */
  readonly clientOf: (reference: string) => ClientId | undefined;
  readonly mayBackfill: boolean;
}

export type ParsedUsageEvent =
  | { ok: true; draft: UsageEventDraft; aggregation: MeterAggregation }
  | { ok: false; rejection: UsageRejection };

/** Reads one raw item of a batch. Never throws for bad input: one bad event does not reject its neighbors. */
export function parseUsageEvent(raw: unknown, intake: UsageIntake): ParsedUsageEvent {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return refuse('EVENT_INVALID');
  const { id, meter, quantity, occurredAt, client, subject, properties } = raw as Record<string, unknown>;
  if (!isEventText(id)) return refuse('ID_INVALID');
  const rule = typeof meter === 'string' ? intake.meters.get(meter) : undefined;
  if (typeof meter !== 'string' || rule === undefined) return refuse('METER_UNKNOWN');
  const amount = readQuantity(quantity, rule.aggregation);
  if (amount === undefined) return refuse('QUANTITY_INVALID');
  const at = readOccurredAt(occurredAt, intake);
  if (!(at instanceof Date)) return refuse(at);
  const clientId = readClient(client, intake);
  if (clientId === undefined) return refuse('CLIENT_UNKNOWN');
  if (isGiven(subject) && !isEventText(subject)) return refuse('SUBJECT_INVALID');
  const propertiesText = isGiven(properties) ? canonicalProperties(properties) : null;
  if (propertiesText === undefined) return refuse('PROPERTIES_INVALID');
  const contradiction = contradictionOf(amount, rule, properties);
  if (contradiction !== null) return refuse(contradiction);
  const draft: UsageEventDraft = {
    id,
    meter,
    quantity: amount,
    occurredAt: at,
    clientId,
    subject: isEventText(subject) ? subject : null,
    properties: propertiesText,
  };
  return { ok: true, draft, aggregation: rule.aggregation };
}

/** What the quantity and the properties say of each other. */
function contradictionOf(amount: Quantity, rule: MeterRule, properties: unknown): UsageRejectionCode | null {
  if (!isRoundedUp(amount, rule, properties)) return 'QUANTITY_NOT_ROUNDED_UP';
  return hasCountedValue(rule, properties) ? null : 'VALUE_MISSING';
}

function refuse(code: UsageRejectionCode): ParsedUsageEvent {
  return { ok: false, rejection: usageRejection(code) };
}

/** A counted event needs no quantity; a summed one without it would silently add nothing. */
function readQuantity(input: unknown, aggregation: MeterAggregation): Quantity | undefined {
  if (input === undefined && (aggregation === 'count' || aggregation === 'unique_count')) return '1';
  try {
    return parseQuantity(input);
  } catch {
    return undefined;
  }
}

/** An event without the value that is counted would silently add nothing. */
function hasCountedValue({ aggregation, valueField }: MeterRule, properties: unknown): boolean {
  if (aggregation !== 'unique_count' || valueField === undefined) return true;
  if (typeof properties !== 'object' || properties === null || !Object.hasOwn(properties, valueField))
    return false;
  const value: unknown = Reflect.get(properties, valueField);
  if (typeof value === 'string') return isEventText(value);
  // A larger whole number has lost its last digits on the way, and several values would count as one.
  return Number.isInteger(value) ? Number.isSafeInteger(value) : ['number', 'boolean'].includes(typeof value);
}

/** 61 seconds are 2 minutes: what the sender measured and what it charges must agree, where it says both. */
function isRoundedUp(amount: Quantity, { roundsUp }: MeterRule, properties: unknown): boolean {
  if (roundsUp == null || typeof properties !== 'object' || properties === null) return true;
  const measured: unknown = Object.hasOwn(properties, roundsUp.property)
    ? Reflect.get(properties, roundsUp.property)
    : undefined;
  if (measured === undefined) return true;
  try {
    return unitsRoundedUp(parseQuantity(measured), roundsUp.per) === amount;
  } catch {
    return false;
  }
}

function readOccurredAt(input: unknown, intake: UsageIntake): Date | UsageRejectionCode {
  let at: Date;
  try {
    at = parseInstant(input);
  } catch {
    return 'OCCURRED_AT_INVALID';
  }
  const aheadMs = at.getTime() - intake.now.getTime();
  if (aheadMs > usageFutureMaxMs) return 'OCCURRED_AT_IN_FUTURE';
  const ageMs = (intake.receivedAt ?? intake.now).getTime() - at.getTime();
  if (ageMs > usageAgeMaxMs && !intake.mayBackfill) return 'OCCURRED_AT_TOO_OLD';
  return at;
}

/** null = no client named; undefined = a client that does not exist here. */
function readClient(reference: unknown, intake: UsageIntake): ClientId | null | undefined {
  if (!isGiven(reference)) return null;
  return typeof reference === 'string' ? intake.clientOf(reference) : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
