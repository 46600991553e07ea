const dayMs = 86_400_000;

/** Midnight in Berlin of the first day of this month. */
export const periodStart = new Date(
  Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), 1) - 3_600_000,
);
export const periodEnd = new Date(
  Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1, 1) - 3_600_000,
);
export const period = { start: periodStart.toISOString(), end: periodEnd.toISOString() };

export function daysAgo(days: number): string {
  return new Date(Date.now() - days * dayMs).toISOString();
}

export function daysAhead(days: number): string {
  return daysAgo(-days);
}

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

export function monthsBack(months: number): { start: string; end: string } {
  const at = (offset: number) =>
    new Date(
      Date.UTC(periodEnd.getUTCFullYear(), periodEnd.getUTCMonth() - offset, 1) - 3_600_000,
    ).toISOString();
  return { start: at(months + 0), end: at(months - 1) };
}
