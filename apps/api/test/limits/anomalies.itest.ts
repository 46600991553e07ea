import type { OrganizationId } from '@metergate/core';
import { createUsageHabits } from '@metergate/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNoticeAnomaliesJob } from '../../src/jobs/notice-anomalies.job.ts';
import { startTestApi, type TestApi } from '../start-test-api.ts';

const hourMs = 3_600_000;
let api: TestApi;
let key: string;
let owner: { userId: string; cookie: string };
let run: () => Promise<unknown>;

beforeAll(async () => {
  api = await startTestApi();
  owner = await api.signUp('owner@example.test');
  ({ key } = await api.addApiKey(['usage:read']));
  const { container } = api;
  const { metering, unitOfWork, database, log } = container;
  const habits = createUsageHabits(database.platform);
  const notice = { ...metering.reading, unitOfWork, habits };
  const job = createNoticeAnomaliesJob({ notice, database, log });
  run = () => job.run({ previousDueAt: null, dueAt: container.clock.now() });
}, 60_000);
afterAll(() => api.stop());

/** Twenty executions in every hour of five weeks, and `last` in each of the latest three. */
async function organization(name: string, last: number): Promise<OrganizationId> {
  const id = await api.addOrganization(name, { [owner.userId]: 'owner' });
  const end = Math.floor((api.container.clock.now().getTime() - 15 * 60_000) / hourMs) * hourMs;
  const hours = 5 * 168;
  const events = Array.from({ length: hours }, (_, hour) =>
    Array.from({ length: hour >= hours - 3 ? last : 20 }, (_, n) => ({
      organizationId: id,
      aggregation: 'sum' as const,
      source: 'api' as const,
      draft: {
        id: `${hour}-${n}`,
        meter: 'execution',
        quantity: '1',
        occurredAt: new Date(end - (hours - hour) * hourMs + n * 1000),
        clientId: null,
        subject: null,
        properties: null,
      },
    })),
  ).flat();
  for (let from = 0; from < events.length; from += 1000) {
    await api.container.metering.usage.writer.write(events.slice(from, from + 1000));
  }
  return id;
}

async function mailsOf(id: OrganizationId): Promise<string[]> {
  const { rows } = await api.db.owner.query(
    `select subject from emails where organization_id = $1 and template = 'usage_anomaly'`,
    [id],
  );
  return rows.map(({ subject }) => subject);
}

it('tells of a spike and of silence once, however often it is looked, and of the usual never', async () => {
  const usual = await organization('usual', 20);
  const spike = await organization('spike', 200);
  const silent = await organization('silent', 0);
  expect(await run()).toEqual({ anomalies: 2 });
  expect(await run()).toEqual({ anomalies: 0 });
  expect(await mailsOf(usual)).toEqual([]);
  expect(await mailsOf(spike)).toEqual(['Executions: much more than usual']);
  expect(await mailsOf(silent)).toEqual(['Executions: almost nothing']);
  const rest = await api.rest({ method: 'GET', path: '/v1/organizations/spike/usage/anomalies', key });
  expect(rest.json.items).toMatchObject([
    { meter: 'execution', kind: 'spike', expected: '60', actual: '600' },
  ]);
  const input = { organization: 'silent' };
  const trpc = await api.trpc({ path: 'usage.anomalies', type: 'query', input, cookie: owner.cookie });
  expect(trpc.json.result.data).toMatchObject([{ kind: 'silence', expected: '60', actual: '0' }]);
}, 120_000);
