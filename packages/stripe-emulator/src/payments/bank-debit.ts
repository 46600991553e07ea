import { emit } from '../events/emit.ts';
import type { ChargeRow, PaymentIntentRow } from '../store/rows.ts';
import { customerNow, type World } from '../world.ts';
import type { ChargeOutcome } from './charge-intent.ts';

/** How a test bank account behaves; the numbers are those of Stripe's testing pages for SEPA and US debits. */
export interface TestAccount {
  /** An IBAN, or the account number at a bank in the US. */
  number: string;
  delaySeconds: number;
  isRefused: boolean;
}

const ACCOUNTS: TestAccount[] = [
  { number: 'AT611904300234573201', delaySeconds: 0, isRefused: false },
  { number: 'AT321904300235473204', delaySeconds: 180, isRefused: false },
  { number: 'AT861904300235473202', delaySeconds: 0, isRefused: true },
  { number: 'AT591904300235473203', delaySeconds: 180, isRefused: true },
  { number: 'IT60X0542811101000000123456', delaySeconds: 0, isRefused: true },
  { number: '000123456789', delaySeconds: 0, isRefused: false },
  { number: '000111111113', delaySeconds: 0, isRefused: true },
  { number: '000111111116', delaySeconds: 0, isRefused: true },
  { number: '000222222227', delaySeconds: 0, isRefused: true },
  { number: '000333333335', delaySeconds: 0, isRefused: true },
  { number: '000000000009', delaySeconds: 345_600, isRefused: false },
];

export function accountByNumber(number: string): TestAccount | undefined {
  return ACCOUNTS.find((account) => account.number === number.replace(/\s/g, ''));
}

/** A debit takes time: the intent is `processing` until the bank has answered. */
export function startDebit(
  world: World,
  { intent, charge, account }: { intent: PaymentIntentRow; charge: ChargeRow; account: string },
): ChargeOutcome {
  const delay = accountByNumber(account)?.delaySeconds ?? 0;
  const customer = intent.customer === null ? undefined : world.store.get('customer', intent.customer);
  const processing = world.store.put('payment_intent', {
    ...intent,
    latest_charge: charge.id,
    status: 'processing',
    _clock: customer?.test_clock ?? null,
    _settlesAt: customerNow(world, intent.customer) + delay,
  });
  emit(world, 'charge.pending', charge);
  emit(world, 'payment_intent.processing', processing);
  return { outcome: 'processing', intent: processing, decline: null };
}
