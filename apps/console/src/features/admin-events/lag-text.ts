import { readerLocale } from '../../app/locale.ts';

/** "420 ms", "1.8 s", "2 min", "16.5 h"; a dash while the event is open. */
export function lagText(milliseconds: number | null): string {
  if (milliseconds === null) return '—';
  const number = new Intl.NumberFormat(readerLocale(), { maximumFractionDigits: 1 });
  if (milliseconds < 1000) return `${number.format(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${number.format(milliseconds / 1000)} s`;
  if (milliseconds < 3_600_000) return `${number.format(Math.round(milliseconds / 60_000))} min`;
  return `${number.format(milliseconds / 3_600_000)} h`;
}
