/** First instant of a calendar day in the billing zone; null when the text is not a date. */
export function dayStart(day: string, timeZone: string): string | null {
  const utc = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(utc) ? null : atMidnight(utc, timeZone);
}

/** First instant after the day: ranges name their last day and end before the next one. */
export function dayEnd(day: string, timeZone: string): string | null {
  const utc = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(utc) ? null : atMidnight(utc + 86_400_000, timeZone);
}

/** The calendar day of an instant, as the zone has it: 2026-11-30. */
export function dayOf(instant: string, timeZone: string): string {
  const at = Date.parse(instant);
  return new Date(at + offsetMs(at, timeZone)).toISOString().slice(0, 10);
}

function atMidnight(utc: number, timeZone: string): string {
  // The offset is read twice: the first guess can lie on the other side of a clock change.
  const guess = utc - offsetMs(utc, timeZone);
  return new Date(utc - offsetMs(guess, timeZone)).toISOString();
}

function offsetMs(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
  return local - Math.floor(instant / 1000) * 1000;
}
