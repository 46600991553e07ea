// Every required field of these objects that is null, empty or false until something sets it (API 2026-10-28.endive).
export const blankCard = {
  object: 'card',
  address_city: null,
  address_country: null,
  address_line1: null,
  address_line1_check: null,
  address_line2: null,
  address_state: null,
  address_zip: null,
  address_zip_check: null,
  country: null,
  cvc_check: null,
  dynamic_last4: null,
  metadata: {},
  name: null,
  regulated_status: 'unregulated',
  tokenization_method: null,
};
