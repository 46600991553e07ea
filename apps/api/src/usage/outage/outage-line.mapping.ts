import type { OutageEntry } from '@metergate/core/limits/outage/outage.ports';

const formVersion = 1;
/** Fields that are instants; no other field of a decision has one of these names. */
const instantFields: ReadonlySet<string> = new Set(['at', 'occurredAt', 'start', 'end', 'expiresAt']);

export function entryToLine(entry: OutageEntry): string {
  return JSON.stringify({ v: formVersion, ...entry });
}

/** `undefined` for a line that a power cut has torn, which nobody was told about, or of another form. */
export function lineToEntry(line: string): OutageEntry | undefined {
  try {
    const { v, ...entry } = JSON.parse(line, (field, value: unknown) =>
      typeof value === 'string' && instantFields.has(field) ? new Date(value) : value,
    ) as OutageEntry & { v: number };
    return v === formVersion && ('effect' in entry || 'report' in entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}
