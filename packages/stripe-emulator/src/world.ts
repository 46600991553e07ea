import type { Clock } from './clock/clock.ts';
import type { Schedule } from './clock/due.ts';
import type { Faults } from './faults/faults.ts';
import type { Store } from './store/store.ts';
import type { Deliverer } from './webhooks/deliverer.ts';

/** Account settings that Stripe keeps in its dashboard. */
export interface AccountSettings {
  /** Days after the previous failure at which a failed renewal is tried again. */
  dunningRetryDays: number[];
  dunningOutcome: 'unpaid' | 'canceled' | 'past_due';
  /** Days before a renewal at which `invoice.upcoming` is sent; null = never. */
  upcomingInvoiceDays: number | null;
  finalizeAfterSeconds: number;
}

export const DEFAULT_SETTINGS: AccountSettings = {
  dunningRetryDays: [3, 5, 7],
  dunningOutcome: 'unpaid',
  upcomingInvoiceDays: 7,
  finalizeAfterSeconds: 3600,
};

/** Everything a request or a due action may touch. */
export interface World {
  store: Store;
  clock: Clock;
  faults: Faults;
  deliverer: Deliverer;
  settings: AccountSettings;
  schedule: Schedule;
  /** Does what is due on the account's clock until that second, in order; answers how many actions it took. */
  runDue: (until: number) => number;
  rewriteJournal: () => void;
  /** The base URL of this process, for the pages. */
  url: string;
  /** The API request that is being served; due actions have none. */
  request: { id: string; idempotencyKey: string | null; isCurrentVersion: boolean } | null;
}

/** Seconds since 1970 for an object: its test clock's time, or the account's. */
export function nowFor(
  world: World,
  owner: { test_clock?: unknown; [field: string]: unknown } | null | undefined,
): number {
  if (typeof owner?.test_clock === 'string') {
    const clock = world.store.get('test_helpers.test_clock', owner.test_clock);
    if (clock) return clock.frozen_time;
  }
  return world.clock.nowSeconds();
}

export function customerNow(world: World, customer: string | null): number {
  return nowFor(world, customer === null ? null : world.store.get('customer', customer));
}
