/** Kinds of tax id that Stripe knows and that organizations here may have, with the form of their value. */
export const taxIdKinds = {
  ae_trn: { label: 'United Arab Emirates TRN', pattern: /^\d{15}$/ },
  au_abn: { label: 'Australia ABN', pattern: /^\d{11}$/ },
  br_cnpj: { label: 'Brazil CNPJ', pattern: /^\d{14}$/ },
  ca_gst_hst: { label: 'Canada GST/HST', pattern: /^\d{9}RT\d{4}$/ },
  ch_vat: { label: 'Switzerland VAT', pattern: /^CHE\d{9}(MWST|TVA|IVA)$/ },
  eu_vat: { label: 'European Union VAT', pattern: /^[A-Z]{2}[A-Z0-9+*]{2,12}$/ },
  gb_vat: { label: 'United Kingdom VAT', pattern: /^GB(\d{9}|\d{12})$/ },
  in_gst: { label: 'India GSTIN', pattern: /^\d{2}[A-Z0-9]{13}$/ },
  jp_trn: { label: 'Japan registration number', pattern: /^T\d{13}$/ },
  mx_rfc: { label: 'Mexico RFC', pattern: /^[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}$/ },
  no_vat: { label: 'Norway VAT', pattern: /^\d{9}MVA$/ },
  nz_gst: { label: 'New Zealand GST', pattern: /^\d{8,9}$/ },
  sg_gst: { label: 'Singapore GST', pattern: /^[A-Z0-9]{9,10}$/ },
  us_ein: { label: 'United States EIN', pattern: /^\d{9}$/ },
  za_vat: { label: 'South Africa VAT', pattern: /^4\d{9}$/ },
} as const;

export type TaxIdKind = keyof typeof taxIdKinds;

export interface TaxId {
  kind: TaxIdKind;
  value: string;
}

export function isTaxIdKind(text: string): text is TaxIdKind {
  return Object.hasOwn(taxIdKinds, text);
}

/** Upper case without the spaces, dots, slashes and hyphens that people write; null when it has not the kind's form. */
export function normalTaxId(kind: TaxIdKind, text: string): string | null {
  const value = text.toUpperCase().replaceAll(/[\s./-]/g, '');
  return taxIdKinds[kind].pattern.test(value) ? value : null;
}
