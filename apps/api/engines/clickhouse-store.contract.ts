import { startChdbServer, testEngines } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, startTestApi, type TestApi } from '../test/start-test-api.ts';

const { chdbModule } = testEngines();

describe.skipIf(chdbModule === undefined)('the application with ClickHouse as usage store', () => {
  let api: TestApi;
  let server: Awaited<ReturnType<typeof startChdbServer>>;
  let key: string;

  beforeAll(async () => {
    server = await startChdbServer(chdbModule ?? '', await freePort());
    api = await startTestApi({ USAGE_STORE: 'clickhouse', CLICKHOUSE_URL: server.url });
    await api.addOrganization('acme');
    ({ key } = await api.addApiKey(['usage:write', 'usage:read', 'limits:consume']));
  });
  afterAll(async () => {
    await api?.stop();
    await server?.stop();
  });

  const occurredAt = new Date().toISOString();
  const record = async (id: string) => {
    const events = [{ id, organization: 'acme', meter: 'execution', quantity: '2', occurredAt }];
    return (await api.rest({ method: 'POST', path: '/v1/usage-events', key, body: { events } })).json;
  };
  const total = async () => {
    const path = '/v1/organizations/acme/usage?meter=execution&granularity=day';
    return (await api.rest({ method: 'GET', path, key })).json.total;
  };
  const inClickHouse = async () => {
    const response = await fetch(server.url, {
      method: 'POST',
      body: 'select count() from metergate_usage_events final',
    });
    return Number(await response.text());
  };

  it('answers from it what was reported, and keeps ids unique', async () => {
    expect((await record('a')).accepted).toBe(1);
    expect((await record('a')).duplicates).toBe(1);
    const body = { organization: 'acme', feature: 'execution', quantity: '1', id: 'b' };
    expect((await api.rest({ method: 'POST', path: '/v1/limits/consume', key, body })).status).toBe(200);
    await api.container.drainUntilIdle();
    expect(await inClickHouse()).toBe(2);
    expect(await total()).toBe('3');
  });

  it('goes on taking and answering while it is away, and catches up', async () => {
    await server.kill();
    expect((await record('c')).accepted).toBe(1);
    expect(await total()).toBe('5');
    await server.start();
    await api.container.drainUntilIdle();
    expect(await inClickHouse()).toBe(3);
    expect(await total()).toBe('5');
  });
});
