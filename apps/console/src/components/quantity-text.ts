import { formatQuantity } from '@metergate/core/shared/money/format-money';
import { readerLocale } from '../app/locale.ts';

/** Grouped, every stored decimal, true minus; a dash when not known. */
export function quantityText(quantity: string | null | undefined): string {
  if (quantity === null || quantity === undefined) return '—';
  return formatQuantity(quantity, readerLocale()).replace('-', '−');
}

/** Axis labels only: 12.4K. Never used where the exact figure matters. */
export function compactText(value: number): string {
  return new Intl.NumberFormat(readerLocale(), { notation: 'compact', maximumFractionDigits: 1 }).format(
    value,
  );
}

/** "81 %", "< 1 %", "112 %". Takes percent as decimal text. */
export function percentText(percent: string | null): string {
  if (percent === null) return '—';
  const value = Number(percent);
  if (value > 0 && value < 1) return '< 1 %';
  return `${new Intl.NumberFormat(readerLocale(), { maximumFractionDigits: 0 }).format(Math.floor(value))} %`;
}

const percentOfWhole = 100;

/** Share of a whole in percent as decimal text; null when there is no whole. For display only. */
export function shareOf(part: string, whole: string | null): string | null {
  if (whole === null) return null;
  const total = Number(whole);
  if (total === 0) return null;
  return String((Number(part) * percentOfWhole) / total);
}

/** GB, MB: written behind the figure and before the name, and never in the plural. */
function isMeasure(unit: string): boolean {
  return unit !== '' && unit === unit.toUpperCase();
}

/** "1 gateway", "5,000 messages", "100 GB storage". Catalogue names are plurals of their unit. */
export function countedText(
  quantity: string | null | undefined,
  feature: { name: string; unit: string | null },
): string {
  const unit = feature.unit ?? '';
  const noun = nounText(feature.name);
  if (isMeasure(unit)) return `${quantityText(quantity)} ${unit} ${noun}`;
  return `${quantityText(quantity)} ${quantity === '1' && unit !== '' ? noun.replace(`${unit}s`, unit) : noun}`;
}

/** A figure where the name of the feature stands beside it already: "5,000", "100 GB". */
export function measuredText(quantity: string | null | undefined, unit: string | null): string {
  const text = quantityText(quantity);
  return unit !== null && isMeasure(unit) && text !== '—' ? `${text} ${unit}` : text;
}

/** What a number typed into a field counts: "gateways", "GB". */
export function unitsText(feature: { name: string; unit: string }): string {
  return isMeasure(feature.unit) ? feature.unit : nounText(feature.name);
}

/** A feature's name inside a sentence: "Call minutes" → "call minutes", "AI runs" stays. */
export function nounText(name: string): string {
  const isAcronym = /^[A-Z]{2}/.test(name);
  return isAcronym ? name : name.charAt(0).toLowerCase() + name.slice(1);
}
