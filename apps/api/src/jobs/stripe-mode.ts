import { isLiveKey } from '@metergate/stripe';

export type StripeMode = 'emulator' | 'test' | 'live';

/** What Stripe takes of one account per second; the emulator counts nothing. */
const requestsPerSecond = { emulator: null, test: 25, live: 100 } as const;

interface StripeAccess {
  apiKey: string;
  /** Null = Stripe itself. */
  apiBase: string | null;
}

export function stripeModeOf({ apiKey, apiBase }: StripeAccess): StripeMode {
  if (apiBase !== null) return 'emulator';
  return isLiveKey(apiKey) ? 'live' : 'test';
}

/** Of this process; `setting` divides the account's rate among several. Null = no bound. */
export function requestRateOf(mode: StripeMode, setting: number | undefined): number | null {
  return setting ?? requestsPerSecond[mode];
}
