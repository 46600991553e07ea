/** Names of fields whose values nobody needs in order to understand an event. */
const maskedFields =
  /secret|token|password|fingerprint|^number$|cvc|iban|^email$|^phone$|^address$|^name$|^tax_ids?$|receipt_url|hosted_invoice_url|invoice_pdf/;

/** Depth of Stripe's objects is single digits; deeper input is cut instead of followed. */
const depthMax = 30;

/** A copy in which secrets and personal data are replaced by `•••`; structure, ids and amounts stay. */
export function maskPayload(value: unknown, depth = 0): unknown {
  if (depth > depthMax) return '•••';
  if (Array.isArray(value)) return value.map((part) => maskPayload(part, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, part]) => [
      field,
      part !== null && maskedFields.test(field) ? '•••' : maskPayload(part, depth + 1),
    ]),
  );
}
