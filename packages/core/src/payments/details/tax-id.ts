/** Kinds of tax id that Stripe knows and that organizations here may have, with the form of their value. */
const taxIdKinds = {
  ae_trn: /^\d{15}$/,
  au_abn: /^\d{11}$/,
  br_cnpj: /^\d{14}$/,
  ca_gst_hst: /^\d{9}RT\d{4}$/,
  ch_vat: /^CHE\d{9}(MWST|TVA|IVA)$/,
  eu_vat: /^[A-Z]{2}[A-Z0-9+*]{2,12}$/,
  gb_vat: /^GB(\d{9}|\d{12})$/,
  in_gst: /^\d{2}[A-Z0-9]{13}$/,
  jp_trn: /^T\d{13}$/,
  mx_rfc: /^[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}$/,
  no_vat: /^\d{9}MVA$/,
  nz_gst: /^\d{8,9}$/,
  sg_gst: /^[A-Z0-9]{9,10}$/,
  us_ein: /^\d{9}$/,
  za_vat: /^4\d{9}$/,
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
  return taxIdKinds[kind].test(value) ? value : null;
}
