/** The kinds of tax id that the server takes, as people call them. */
export const taxIdChoices: { value: string; label: string }[] = [
  { value: 'ae_trn', label: 'United Arab Emirates TRN' },
  { value: 'au_abn', label: 'Australia ABN' },
  { value: 'br_cnpj', label: 'Brazil CNPJ' },
  { value: 'ca_gst_hst', label: 'Canada GST/HST' },
  { value: 'ch_vat', label: 'Switzerland VAT' },
  { value: 'eu_vat', label: 'European Union VAT' },
  { value: 'gb_vat', label: 'United Kingdom VAT' },
  { value: 'in_gst', label: 'India GSTIN' },
  { value: 'jp_trn', label: 'Japan registration number' },
  { value: 'mx_rfc', label: 'Mexico RFC' },
  { value: 'no_vat', label: 'Norway VAT' },
  { value: 'nz_gst', label: 'New Zealand GST' },
  { value: 'sg_gst', label: 'Singapore GST' },
  { value: 'us_ein', label: 'United States EIN' },
  { value: 'za_vat', label: 'South Africa VAT' },
];
