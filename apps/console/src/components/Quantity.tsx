import { quantityText, unitText } from './quantity-text.ts';

export function Quantity({ value, unit = null }: { value: string | null; unit?: string | null }) {
  return (
    <span className="mg-figure">
      {quantityText(value)}
      {unit === null || value === null ? null : <span className="mg-unit"> {unitText(unit)}</span>}
    </span>
  );
}
