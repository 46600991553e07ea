import type { OutageDecision } from '@metergate/core/limits/outage/outage.ports';

const formVersion = 1;
/** Fields that are instants; no other field of a decision has one of these names. */
const instantFields: ReadonlySet<string> = new Set(['at', 'occurredAt', 'start', 'end', 'expiresAt']);

export function decisionToLine(decision: OutageDecision): string {
  return JSON.stringify({ v: formVersion, ...decision });
}

/** `undefined` for a line that a power cut has torn, which nobody was told about, or of another form. */
export function lineToDecision(line: string): OutageDecision | undefined {
  try {
    const { v, ...decision } = JSON.parse(line, (field, value: unknown) =>
      typeof value === 'string' && instantFields.has(field) ? new Date(value) : value,
    ) as OutageDecision & { v: number };
    return v === formVersion && 'effect' in decision ? decision : undefined;
  } catch {
    return undefined;
  }
}
