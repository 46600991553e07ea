/**
 * Why an event is not ours and never applied; null = it is. Thin events say `context` where snapshot events say
 * `account`.
 */
export function foreignOrigin(
  { livemode, account, context }: Readonly<Record<string, unknown>>,
  isLiveMode: boolean,
): 'other_mode' | 'other_account' | null {
  if ((livemode === true) !== isLiveMode) return 'other_mode';
  if (typeof account === 'string' || (typeof context === 'string' && context !== '')) return 'other_account';
  return null;
}
