import { isObject } from './transport.ts';

export interface UsageEvent {
  /** Made by you and kept until acknowledged; default: a random one, so that a retry is no second event. */
  id?: string;
  /** Your own id of the organization, or ours; may be left out with an organization's key. */
  organization?: string;
  meter: string;
  /** A decimal text or a whole number. */
  quantity: string | number;
  /** When it happened; default: now. */
  occurredAt?: string | Date;
  client?: string;
  subject?: string;
  properties?: Record<string, unknown>;
}

export type WireEvent = Omit<UsageEvent, 'id' | 'occurredAt'> & { id: string; occurredAt: string };

/** In front of a line: what the outage policy granted may have been counted by the attempt that got no answer. */
const grantedMark = '+';
const plainMark = '=';

/** What the server answers about usage of a feature that has a level instead of a meter. */
const noMeter = 'METER_UNKNOWN';

/** The id comes first, and whatever the event's owner changes later the same bytes are sent every time. */
export function toLine({ id, ...event }: WireEvent, { isGranted }: { isGranted: boolean }): string {
  return (isGranted ? grantedMark : plainMark) + JSON.stringify({ id, ...event });
}

export function isEventLine(line: string): boolean {
  return (line[0] === grantedMark || line[0] === plainMark) && isObject(parsed(line.slice(1)));
}

export function jsonOf(line: string): string {
  return line.slice(1);
}

export function toEvent(line: string): WireEvent {
  return JSON.parse(jsonOf(line)) as WireEvent;
}

export interface RejectedEvent {
  kind: 'rejected';
  code: string;
  message: string;
  /**
   * Granted during an outage, and the question itself may settle it: its id is taken, perhaps by the first attempt at
   * the same decision, or what was taken is a level and no usage.
   */
  isToAsk: boolean;
}

export type EventVerdict = { kind: 'taken' } | RejectedEvent;

/** What the server answered about one event; `undefined` when it did not answer about this one. */
export function verdictOn(line: string, result: unknown): EventVerdict | undefined {
  if (!isObject(result)) return undefined;
  const { status, id, code, message } = result;
  // An id that is refused for its form is not answered in that form.
  if (status === 'rejected') {
    const isToAsk = line[0] === grantedMark && (code === 'USAGE_EVENT_ID_REUSED' || code === noMeter);
    return { kind: 'rejected', code: String(code), message: String(message ?? ''), isToAsk };
  }
  if (status !== 'accepted' && status !== 'duplicate') return undefined;
  if (!jsonOf(line).startsWith(JSON.stringify({ id }).slice(0, -1))) return undefined;
  return { kind: 'taken' };
}

/**
 * What the server's decision says about an event it had refused; throws on what is no decision. Any answer under an id
 * that is taken is the first one; a level that is refused was not taken.
 */
export function verdictOnDecision(answer: unknown, refused: RejectedEvent): EventVerdict {
  const { decision, message } = isObject(answer) ? answer : {};
  if (!['allowed', 'warned', 'blocked'].includes(String(decision)))
    throw new Error('The server answered something that is no decision.');
  if (decision !== 'blocked' || refused.code !== noMeter) return { kind: 'taken' };
  return { ...refused, code: 'LEVEL_REFUSED', message: String(message ?? '') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
