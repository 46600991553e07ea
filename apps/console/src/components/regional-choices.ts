/** Currencies the catalogues are sold in. */
export const currencies = [
  { value: 'USD', label: 'US dollar (USD)' },
  { value: 'EUR', label: 'Euro (EUR)' },
  { value: 'JPY', label: 'Japanese yen (JPY)' },
  { value: 'KWD', label: 'Kuwaiti dinar (KWD)' },
];

export function guessedTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
}

/** Every zone the browser knows, with the chosen one and UTC always among them. */
export function timeZones(chosen: string): string[] {
  return [...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}
