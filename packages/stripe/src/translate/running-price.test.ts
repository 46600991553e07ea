import { describe, expect, it } from 'vitest';
import { runningMetadata, runningPriceOf, withoutRunning } from './running-price.ts';

const running = { priceKey: 'mg_desk_team_v2_user_month_usd', stripePriceId: 'price_now' };
const until = new Date('2027-05-01T00:00:00Z');
const metadata = runningMetadata({ running, next: 'price_next', until });
const item = (change: { end?: number; price?: string; metadata?: Record<string, string> | null } = {}) =>
  ({
    metadata: change.metadata === undefined ? metadata : change.metadata,
    current_period_end: change.end ?? until.getTime() / 1000,
    price: { id: change.price ?? 'price_next' },
  }) as unknown as Parameters<typeof runningPriceOf>[0];

describe('what the running period is charged at', () => {
  it('is what was written beside an item when it got its next price', () => {
    expect(runningPriceOf(item())).toEqual(running);
  });

  it.each([
    ['the period is over', item({ end: until.getTime() / 1000 + 2_678_400 })],
    ['somebody gave the item a third price', item({ price: 'price_other' })],
    ['the item is back at it', item({ price: 'price_now' })],
    ['nothing was written', item({ metadata: {} })],
    ['it was taken away', item({ metadata: null })],
  ])('is the price of the item when %s', (_what, changed) => {
    expect(runningPriceOf(changed)).toBeNull();
  });

  it('is taken away by empty values of the same keys', () => {
    expect(Object.keys(withoutRunning).toSorted()).toEqual(Object.keys(metadata).toSorted());
    expect(new Set(Object.values(withoutRunning))).toEqual(new Set(['']));
  });
});
