import { measuredText } from './quantity-text.ts';

export function Quantity({ value, unit = null }: { value: string | null; unit?: string | null }) {
  return <span className="mg-figure">{measuredText(value, unit)}</span>;
}
