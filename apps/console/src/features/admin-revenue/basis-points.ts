import { readerLocale } from '../../app/locale.ts';

const basisPointsInPercent = 100;

/** "104 %", "98.6 %": hundredths of a percent as people read them; a dash when there is no base. */
export function basisPointsText(value: number | null): string {
  if (value === null) return '—';
  const percent = new Intl.NumberFormat(readerLocale(), { maximumFractionDigits: 1 }).format(
    value / basisPointsInPercent,
  );
  return `${percent} %`;
}
