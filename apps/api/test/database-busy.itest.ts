import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './start-test-api.ts';

let api: TestApi;
let key: string;
const organization = 'patient';

beforeAll(async () => {
  api = await startTestApi();
  ({ key } = await api.addApiKey(['usage:write', 'limits:check', 'limits:consume']));
  await api.addOrganization(organization);
});
afterAll(() => api.stop());

const post = (path: string, body: object) => api.rest({ method: 'POST', path, key, body });

it('asks to try again when locks are not to be had in time, keeps nothing, and takes it then', async () => {
  const consume = { organization, feature: 'execution', quantity: '1', id: 'consumed' };
  expect((await post('/v1/limits/check', consume)).status).toBe(200);
  // The next connections give up sooner than after half a minute.
  const { ingest } = api.container.database;
  ingest.options.statement_timeout = 200;
  await api.db.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'metergate-ingest'`,
  );
  const occurredAt = api.container.clock.now().toISOString();
  const events = ['a', 'b'].map((id) => ({
    id,
    organization,
    meter: 'execution',
    quantity: '1',
    occurredAt,
  }));
  const ask = () => Promise.all([post('/v1/usage-events', { events }), post('/v1/limits/consume', consume)]);
  const blocker = await api.db.owner.connect();
  try {
    await blocker.query('begin');
    await blocker.query('select pg_advisory_xact_lock(28007, n) from generate_series(0, 63) as n');
    for (const answer of await ask()) {
      expect([answer.status, answer.json.error?.code]).toEqual([503, 'DATABASE_BUSY']);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.json.error).toMatchObject({ retriable: true });
    }
  } finally {
    await blocker.query('rollback');
    blocker.release();
  }
  const [reported, consumed] = await ask();
  expect(reported?.json).toMatchObject({ accepted: 2 });
  expect(consumed?.json).toMatchObject({ decision: 'allowed' });
});
