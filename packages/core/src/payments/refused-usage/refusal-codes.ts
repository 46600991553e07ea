/** Why a meter refuses a report that Stripe took, by Stripe's code, in words. */
const words: Readonly<Record<string, string>> = {
  archived_meter: 'the meter is archived',
  no_meter: 'there is no such meter',
  meter_event_customer_not_found: 'the customer is unknown',
  meter_event_no_customer_defined: 'the customer is missing',
  meter_event_invalid_value: 'the value is not valid',
  meter_event_value_too_many_digits: 'the value has too many digits',
  meter_event_dimension_count_too_high: 'it has too many dimensions',
  missing_dimension_payload_keys: 'a dimension is missing',
  timestamp_in_future: 'its time is in the future',
  timestamp_too_far_in_past: 'its time is too long ago',
};

export function refusalText(code: string): string {
  return words[code] ?? code.replaceAll('_', ' ');
}

/** Causes that pass without a change of the report: the customer or the meter comes back. */
const passing: ReadonlySet<string> = new Set([
  'archived_meter',
  'no_meter',
  'meter_event_customer_not_found',
]);

export function mayPass(code: string): boolean {
  return passing.has(code);
}
