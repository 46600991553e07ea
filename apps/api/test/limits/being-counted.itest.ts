import { randomUUID } from 'node:crypto';
import { createLimitLedger } from '@metergate/db/metering';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';
import { people } from './people-family.ts';

let api: TestBilling;
let key: string;

beforeAll(async () => {
  api = await startTestBilling({}, [people]);
  ({ key } = await api.addApiKey(['usage:write', 'limits:check']));
}, 60_000);
afterAll(() => api.stop());

it('asks to try again while a limit is counted for the first time, and answers then', async () => {
  const organization = 'counted';
  await api.addOrganization(organization);
  const post = (path: string, body: object) => api.rest({ method: 'POST', path, key, body });
  // The smallest parts, one for each call, stand for a window of millions of events.
  const { ingest: pool, worker: finder } = api.container.database;
  const counting = { eventsPerPart: 3, msMax: 0 };
  api.container.metering.limits.ledger = createLimitLedger({ pool, finder, nextId: randomUUID, counting });

  const now = api.container.clock.now();
  const events = ['ann', 'bob', 'ann', 'cid', 'dan', 'bob', 'eve'].map((user, n) => ({
    ...{ id: `used-${n}`, organization, meter: 'active_user', quantity: '1' },
    ...{ occurredAt: new Date(now.getTime() - (8 - n)).toISOString(), properties: { user } },
  }));
  expect((await post('/v1/usage-events', { events })).status).toBe(200);

  const ask = () => post('/v1/limits/check', { organization, feature: 'active_user', quantity: '1' });
  for (let part = 1; part <= 2; part += 1) {
    const answer = await ask();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.json.error).toMatchObject({ code: 'LIMIT_BEING_COUNTED', retriable: true });
  }
  expect((await ask()).json).toMatchObject({ decision: 'blocked', reason: 'limit_reached', used: '5' });
});
