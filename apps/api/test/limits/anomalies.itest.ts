import type { OrganizationId } from '@metergate/core';
import { createUsageHabits } from '@metergate/db';
import { storeUsageEvents, toUsageRow } from '@metergate/db/metering';
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

/**
 * Twenty executions in every hour of five weeks, and `last` in each of the latest three; reported `hoursLater` after
 * each hour has ended.
 */
async function organization(
  name: string,
  { last, hoursLater = 0, quantity = '1' }: { last: number; hoursLater?: number; quantity?: string },
): Promise<OrganizationId> {
  const id = await api.addOrganization(name, { [owner.userId]: 'owner' });
  const end = Math.floor((api.container.clock.now().getTime() - 15 * 60_000) / hourMs) * hourMs;
  const hours = 5 * 168;
  const rowsOf = (hour: number) =>
    Array.from({ length: hour >= hours - 3 ? last : 20 }, (_, n) =>
      toUsageRow({
        ...{ organizationId: id, aggregation: 'sum', source: 'api' },
        draft: {
          ...{ id: `${hour}-${n}`, meter: 'execution', quantity },
          occurredAt: new Date(end - (hours - hour) * hourMs + n * 1000),
          ...{ clientId: null, subject: null, properties: null },
        },
      }),
    );
  const write = (from: number, to: number) => {
    const recordedAt = new Date(end - (hours - to - hoursLater) * hourMs);
    const rows = Array.from({ length: to - from }, (_, n) => rowsOf(from + n)).flat();
    return storeUsageEvents({ pool: api.container.database.ingest, recordedAt }, rows);
  };
  // Only when the hours that are compared came in matters.
  const weekBefore = hours - 168 - 3;
  for (let hour = 0; hour < weekBefore; hour += 40) await write(hour, Math.min(hour + 40, weekBefore));
  for (let hour = weekBefore; hour < weekBefore + 3; hour += 1) await write(hour, hour + 1);
  for (let hour = weekBefore + 3; hour < hours; hour += 40) await write(hour, Math.min(hour + 40, hours));
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
  const usual = await organization('usual', { last: 20 });
  const spike = await organization('spike', { last: 200 });
  const silent = await organization('silent', { last: 0 });
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

it('does not call silence what is paused or closed, or what always comes hours later, and adds up any quantity', async () => {
  const closed = await organization('closed', { last: 0 });
  await api.db.owner.query(`update organizations set status = 'closed', closed_at = now() where id = $1`, [
    closed,
  ]);
  const late = await organization('late', { last: 0, hoursLater: 6 });
  const large = await organization('large', { last: 200, quantity: '9000000000000000' });
  expect(await run()).toEqual({ anomalies: 1 });
  expect(await mailsOf(closed)).toEqual([]);
  expect(await mailsOf(late)).toEqual([]);
  expect(await mailsOf(large)).toEqual(['Executions: much more than usual']);
}, 120_000);
