import type { CounterKey } from '@metergate/core/limits/limits.ports';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../start-test-api.ts';
import { lab } from './lab-family.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({}, [lab]);
}, 60_000);
afterAll(() => api.stop());

it('the next piece of a large batch waits for the decisions that are on their way', async () => {
  const { ledger } = api.container.metering.limits;
  const month = { start: new Date('2026-11-01T00:00:00Z'), end: new Date('2026-12-01T00:00:00Z') };
  const key: CounterKey = {
    organizationId: await api.addOrganization('decides'),
    feature: 'call',
    window: month,
    aggregation: 'sum',
  };
  await ledger.levels(key);
  const orders: string[][] = [];
  // A piece alone takes one round of the event loop, and no answer of a database comes within it. It waits for some
  // forty milliseconds at most, which a busy machine may need for a decision: now and then, not five times.
  for (let n = 0; n < 5; n += 1) {
    const order: string[] = [];
    const decided = ledger.levels(key).then(() => order.push('decided'));
    await Promise.all([decided, api.container.metering.turns.next().then(() => order.push('piece'))]);
    orders.push(order);
    // What rested goes on undisturbed for as long.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(orders).toContainEqual(['decided', 'piece']);
});
