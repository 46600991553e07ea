import { expect, test } from 'vitest';
import { seatPlansOf } from './seat-plans.ts';

const allowed = { allowed: true, reason: null };
const can = {
  changePlan: allowed,
  cancel: allowed,
  resume: allowed,
  pause: allowed,
  undoScheduledChange: allowed,
};
const pro = {
  id: 'sub_1',
  family: 'agent-studio',
  plan: 'pro',
  planName: 'Pro',
  can,
  items: [{ priceKey: 'user', kind: 'seat', description: 'User', quantity: '12', price: null }],
};
const users = { family: 'agent-studio', kind: 'allocated', unit: 'user', used: '11' } as const;

const families = [
  { family: 'agent-studio', plans: [{ plan: 'pro', prices: [{ kind: 'seat', unit: 'user' }] }] },
];

test('a seat plan knows what is bought, used and free', () => {
  expect(seatPlansOf({ subscriptions: [pro], limits: [users], families })).toMatchObject([
    { bought: 12, used: '11', free: 1, percent: '91' },
  ]);
});

test('use that was never reported is unknown, not zero', () => {
  expect(seatPlansOf({ subscriptions: [pro], limits: [], families })).toMatchObject([
    { bought: 12, used: null, free: null },
  ]);
});

test('more people than seats leave none free, and plans without seats are left out', () => {
  const subscriptions = [pro, { ...pro, items: [] }];
  const limits = [{ ...users, used: '14' }];
  expect(seatPlansOf({ subscriptions, limits, families })).toMatchObject([{ free: 0 }]);
});
