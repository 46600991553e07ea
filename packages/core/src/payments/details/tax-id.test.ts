import { expect, it } from 'vitest';
import { normalTaxId, type TaxIdKind } from './tax-id.ts';

it.each<[TaxIdKind, string, string]>([
  ['eu_vat', 'de 123 456 789', 'DE123456789'],
  ['ch_vat', 'CHE-123.456.789 MWST', 'CHE123456789MWST'],
  ['us_ein', '12-3456789', '123456789'],
  ['gb_vat', 'GB 123 4567 89', 'GB123456789'],
])('%s “%s” is kept as %s', (kind, text, value) => {
  expect(normalTaxId(kind, text)).toBe(value);
});

it.each<[TaxIdKind, string]>([
  ['eu_vat', '123456789'],
  ['eu_vat', 'DE'],
  ['us_ein', '12-345678'],
  ['gb_vat', 'DE123456789'],
  ['za_vat', ''],
  ['jp_trn', 'T12345<script>'],
])('%s “%s” is refused', (kind, text) => {
  expect(normalTaxId(kind, text)).toBeNull();
});
