import { parseLookupKey } from '../../catalog/lookup-key.ts';
import { toPublicId } from '../../shared/ids.ts';
import type { InvoiceLineRecord, InvoiceRecord } from '../invoices.ports.ts';
import type { InvoiceView } from '../invoices.schemas.ts';

export interface BridgedInvoice {
  invoice: Pick<InvoiceRecord, 'id' | 'number' | 'currency' | 'totalMinor' | 'taxMinor'>;
  lines: readonly Pick<InvoiceLineRecord, 'description' | 'amountMinor' | 'priceKey' | 'isProration'>[];
}

interface Group {
  key: string;
  label: string;
  previousMinor: bigint;
  currentMinor: bigint;
}

/**
 * What made an invoice differ from the one before, by group of lines. Prices are grouped by what they are for, so
 * that another plan or quantity is one difference; the differences sum to the difference of the totals.
 */
export function invoiceBridge(
  current: BridgedInvoice,
  previous: BridgedInvoice | null,
): InvoiceView['bridge'] {
  if (previous === null || previous.invoice.currency !== current.invoice.currency) return null;
  const groups = new Map<string, Group>();
  const add = (side: 'previousMinor' | 'currentMinor', { key, label, amountMinor }: Part) => {
    const group = groups.get(key) ?? { key, label, previousMinor: 0n, currentMinor: 0n };
    groups.set(key, { ...group, label, [side]: group[side] + amountMinor });
  };
  for (const part of partsOf(previous)) add('previousMinor', part);
  for (const part of partsOf(current)) add('currentMinor', part);
  const shown = [...groups.values()].filter(
    ({ previousMinor, currentMinor }) => previousMinor !== 0n || currentMinor !== 0n,
  );
  return {
    previous: {
      id: toPublicId('invoice', previous.invoice.id),
      number: previous.invoice.number,
      totalMinor: previous.invoice.totalMinor.toString(),
    },
    differenceMinor: (current.invoice.totalMinor - previous.invoice.totalMinor).toString(),
    groups: shown.map(({ key, label, previousMinor, currentMinor }) => ({
      key,
      label,
      previousMinor: previousMinor.toString(),
      currentMinor: currentMinor.toString(),
      differenceMinor: (currentMinor - previousMinor).toString(),
    })),
  };
}

interface Part {
  key: string;
  label: string;
  amountMinor: bigint;
}

function partsOf({ invoice, lines }: BridgedInvoice): Part[] {
  const parts = lines.map((line): Part => {
    const { amountMinor, description } = line;
    if (line.isProration) return { key: 'changes', label: 'Changes during the period', amountMinor };
    const price = line.priceKey === null ? undefined : parseLookupKey(line.priceKey);
    if (price === undefined) return { key: `line:${description}`, label: description, amountMinor };
    return { key: `price:${price.family}:${price.component}`, label: description, amountMinor };
  });
  const { taxMinor, totalMinor } = invoice;
  parts.push({ key: 'tax', label: 'Tax', amountMinor: taxMinor });
  const known = parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  parts.push({ key: 'discounts', label: 'Discounts', amountMinor: totalMinor - known });
  return parts;
}
