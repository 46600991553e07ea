import { randomUUID } from 'node:crypto';
import { asId, type OrganizationId } from '@metergate/core';
import type { Period } from '@metergate/core/shared/time/period';
import type { UsageReader } from '@metergate/core/usage/reading/usage-reading.ports';
import type { MeterAggregation, UsageEventDraft } from '@metergate/core/usage/usage-event';
import type { ListedPart } from '@metergate/core/usage/usage-parts.schemas';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnitOfWork } from '../src/index.ts';
import { storeUsageEvents, toUsageRow } from '../src/queries/metering.ts';

/** A store of usage under test; `settle` resolves when everything written so far can be read. */
export interface UsageStoreUnderTest {
  reader: UsageReader;
  settle: () => Promise<void>;
  stop: () => Promise<void>;
}

const at = (text: string) => new Date(`2027-03-${text}Z`);
const day = (n: number): Period => ({
  start: at(`${String(n).padStart(2, '0')}T00:00:00`),
  end: at(`${String(n + 1).padStart(2, '0')}T00:00:00`),
});
const draft = (id: string, occurredAt: Date, change: Partial<UsageEventDraft> = {}): UsageEventDraft => ({
  ...{ id, meter: 'call', quantity: '1', occurredAt, clientId: null, subject: null, properties: null },
  ...change,
});

/** What every store of usage must answer alike. */
export function describeUsageStore(
  name: string,
  start: (db: TestDatabase) => Promise<UsageStoreUnderTest>,
): void {
  describe(`usage read from ${name}`, () => {
    let db: TestDatabase;
    let store: UsageStoreUnderTest;
    let organizationId: OrganizationId;
    const client = asId('client', randomUUID());

    const write = async (drafts: readonly UsageEventDraft[], aggregation: MeterAggregation = 'sum') => {
      const rows = drafts.map((one) =>
        toUsageRow({ organizationId, aggregation, source: 'api', draft: one }),
      );
      const outcomes = await storeUsageEvents(
        { pool: db.database.ingest, recordedAt: at('20T00:00:00') },
        rows,
      );
      await store.settle();
      return outcomes;
    };
    const span = (meter = 'call', aggregation: MeterAggregation = 'sum') => ({
      organizationId,
      meter,
      aggregation,
    });

    beforeAll(async () => {
      db = await createTestDatabase();
      store = await start(db);
    });
    afterAll(async () => {
      await store?.stop();
      await db?.dispose();
    });

    async function organization(): Promise<void> {
      organizationId = asId('organization', randomUUID());
      await db.owner.query(
        `insert into organizations (id, slug, name, email, currency) values ($1, $2, 'T', 'a@example.com', 'USD')`,
        [organizationId, `o-${organizationId}`],
      );
    }

    it('adds up windows, half-open, exactly, in order, and by client', async () => {
      await organization();
      await write([
        draft('a', at('01T00:00:00'), { quantity: '0.1' }),
        draft('b', at('01T23:59:59.999'), { quantity: '0.2', clientId: client }),
        draft('c', at('02T00:00:00'), { quantity: '9007199254740993' }),
        draft('other', at('01T10:00:00'), { meter: 'mail' }),
      ]);
      const windows = [day(1), day(2), day(3)];
      expect(await store.reader.series(span(), windows)).toEqual(['0.3', '9007199254740993', '0']);
      const byClient = await store.reader.seriesByClient(span(), windows);
      expect(byClient.get(client)).toEqual(['0.2', '0', '0']);
      expect(byClient.get(null)).toEqual(['0.1', '9007199254740993', '0']);
      expect([...(await store.reader.seriesByClient(span(), windows, 1)).keys()]).toEqual([null]);
      expect(await store.reader.count(span(), { start: day(1).start, end: day(2).end })).toEqual({
        count: 3,
        total: '9007199254740993.3',
      });
    });

    it('groups by a property, without what was taken back, the largest groups first and no more than asked', async () => {
      await organization();
      await db.owner.query(
        `insert into meters (key, content, content_hash) values ('call', '{"valueField": "user"}', 'x')
         on conflict (key) do nothing`,
      );
      const use = (id: string, quantity: string, properties: object | null) =>
        draft(id, at(`0${id.startsWith('late') ? 2 : 1}T05:00:00`), {
          quantity,
          properties: properties === null ? null : JSON.stringify(properties),
        });
      await write([
        use('a', '2', { region: 'eu', user: 'ann' }),
        use('b', '3', { region: 'us', user: 'ann' }),
        use('c', '4', { region: 'us', user: 'bob' }),
        use('late', '5', { region: 'us', user: 'ann' }),
        use('gone', '7', { region: 'eu', user: 'eve' }),
        use('void', '0.5', null),
        use('odd', '0.25', { region: "'; drop table usage_events; --", user: 'ann' }),
      ]);
      await db.owner.query(
        `insert into usage_events (organization_id, id, payload_hash, kind, adjusts_event_id, meter, quantity,
                                   occurred_at, recorded_at, source)
         select organization_id, 'void-gone', payload_hash, 'void', id, meter, -quantity, occurred_at, recorded_at, 'api'
           from usage_events where organization_id = $1 and id = 'gone'`,
        [organizationId],
      );
      await store.settle();
      const by = async (aggregation: MeterAggregation, groupsMax = 10) =>
        Object.fromEntries(
          await store.reader.seriesByProperty(span('call', aggregation), [day(1), day(2)], {
            key: 'region',
            groupsMax,
          }),
        );
      const odd = "'; drop table usage_events; --";
      expect(await by('sum')).toEqual({
        us: ['7', '5'],
        eu: ['2', '0'],
        none: ['0.5', '0'],
        [odd]: ['0.25', '0'],
      });
      expect(await by('count')).toEqual({
        us: ['2', '1'],
        eu: ['1', '0'],
        none: ['1', '0'],
        [odd]: ['1', '0'],
      });
      expect(await by('unique_count', 1)).toEqual({ us: ['2', '1'] });
      expect(await by('unique_count')).toMatchObject({ eu: ['1', '0'], none: ['0', '0'] });
      expect(await by('max')).toMatchObject({ us: ['4', '5'] });
      expect(await by('latest')).toMatchObject({ us: ['4', '5'] });
    });

    it('knows the largest, the latest, how many and how many different', async () => {
      await organization();
      await db.owner.query(
        `insert into meters (key, content, content_hash) values ('call', '{"valueField": "user"}', 'x')
         on conflict (key) do nothing`,
      );
      const readings = ['3', '8', '5'].map((quantity, n) =>
        draft(`r${n}`, at(`01T0${n + 1}:07:00`), {
          quantity,
          properties: JSON.stringify({ user: n === 2 ? 'u1' : `u${n}` }),
        }),
      );
      await write(readings, 'max');
      const answers: Record<string, unknown> = {};
      for (const aggregation of ['max', 'latest', 'count', 'unique_count'] as const) {
        answers[aggregation] = await store.reader.series(span('call', aggregation), [day(1)]);
      }
      expect(answers).toEqual({ max: ['8'], latest: ['5'], count: ['3'], unique_count: ['2'] });
      await write([draft('r3', at('01T09:00:00'), { quantity: '2', clientId: client })], 'max');
      for (const aggregation of ['max', 'latest', 'count', 'unique_count'] as const) {
        const largest = await store.reader.seriesByClient(span('call', aggregation), [day(1)], 1);
        expect(Object.fromEntries(largest), aggregation).toEqual({ null: answers[aggregation] });
      }
    });

    it('answers many totals at once, each with its own meter, kind and span, in the order asked', async () => {
      await organization();
      await db.owner.query(
        `insert into meters (key, content, content_hash) values ('call', '{"valueField": "user"}', 'x')
         on conflict (key) do nothing`,
      );
      const user = (name: string) => ({ properties: JSON.stringify({ user: name }) });
      await write([
        draft('a', at('01T10:01:00'), { quantity: '5', ...user('ann') }),
        draft('b', at('01T10:20:00'), { quantity: '3', ...user('bob') }),
        draft('c', at('02T10:01:00'), { quantity: '2', ...user('bob') }),
        draft('m', at('01T10:01:00'), { meter: 'mail', quantity: '7' }),
      ]);
      const ragged = { start: at('01T10:01:00'), end: at('01T10:20:00') };
      const both = { start: day(1).start, end: day(2).end };
      const asked: [string, MeterAggregation, Period][] = [
        ['call', 'sum', both],
        ['call', 'max', both],
        ['mail', 'sum', both],
        ['call', 'unique_count', both],
        ['call', 'sum', ragged],
        ['none', 'sum', both],
        ['call', 'unique_count', ragged],
        ['call', 'latest', both],
        ['call', 'count', both],
        ['none', 'max', both],
        ['call', 'max', day(2)],
      ];
      const { totals, snapshotId } = await store.reader.totals(
        organizationId,
        asked.map(([meter, aggregation, period]) => ({ meter, aggregation, period })),
      );
      expect(totals).toEqual(['10', '5', '7', '2', '5', '0', '1', '2', '3', '0', '2']);
      expect(snapshotId).toMatch(/^\d+:\d+:/);
      expect((await store.reader.totals(organizationId, [])).totals).toEqual([]);
    });

    it('counts a repeated event once, also when it is delivered twice', async () => {
      await organization();
      const events = [draft('twice', at('01T10:00:00'), { quantity: '2' })];
      expect(await write(events)).toEqual(['accepted']);
      expect(await write(events)).toEqual(['duplicate']);
      await db.owner.query('select relay_all_usage()');
      await store.settle();
      expect(await store.reader.series(span(), [day(1)])).toEqual(['2']);
    });

    it('follows corrections: amended and taken back', async () => {
      await organization();
      await write([draft('e1', at('01T10:01:00'), { quantity: '5' }), draft('e2', at('01T10:02:00'))]);
      const unitOfWork = createUnitOfWork(db.database.prisma.app, {
        clock: { now: () => at('21T00:00:00') },
        ids: { next: randomUUID },
      });
      const correct = (eventId: string, target: string | null) =>
        unitOfWork.run(organizationId, ({ usageCorrections }) =>
          usageCorrections.correct(organizationId, {
            eventId,
            target,
            at: at('21T00:00:00'),
            aggregationOf: () => 'sum',
          }),
        );
      await correct('e1', '7.5');
      await correct('e2', null);
      await store.settle();
      expect(await store.reader.series(span(), [day(1)])).toEqual(['7.5']);
      expect(await store.reader.series(span('call', 'count'), [day(1)])).toEqual(['1']);
      const { items } = await store.reader.events(organizationId, { meters: ['call'], limit: 10 });
      expect(items.map(({ kind, adjusts }) => `${kind} ${adjusts}`).sort()).toEqual([
        'amend e1',
        'usage null',
        'usage null',
        'void e2',
      ]);
    });

    it('says what a total is made of, down to the events of each part', async () => {
      await organization();
      const recordedAt = at('20T00:00:00');
      await write([
        draft('a', at('01T10:01:00'), { quantity: '5' }),
        draft('b', at('01T10:02:00')),
        draft('edge', at('02T00:00:00'), { quantity: '100' }),
      ]);
      const unitOfWork = createUnitOfWork(db.database.prisma.app, {
        clock: { now: () => at('21T00:00:00') },
        ids: { next: randomUUID },
      });
      for (const [eventId, target] of [['a', '2.5'] as const, ['a', '3'] as const, ['b', null] as const]) {
        await unitOfWork.run(organizationId, ({ usageCorrections }) =>
          usageCorrections.correct(organizationId, {
            ...{ eventId, target, at: at('21T00:00:00'), aggregationOf: () => 'sum' as const },
          }),
        );
      }
      await store.settle();
      const parts = (lateFrom: Date, period = day(1)) => store.reader.parts(span(), { period, lateFrom });
      const corrected = [
        { part: 'amended', count: 2, quantity: '-2' },
        { part: 'voided', count: 1, quantity: '-1' },
      ];
      const justAfter = new Date(recordedAt.getTime() + 1);
      expect(await parts(justAfter)).toEqual({
        total: '3',
        parts: [corrected[0], { part: 'reported', count: 2, quantity: '6' }, corrected[1]],
      });
      expect(await parts(recordedAt)).toEqual({
        total: '3',
        parts: [corrected[0], { part: 'late', count: 2, quantity: '6' }, corrected[1]],
      });
      expect(await parts(recordedAt, day(3))).toEqual({ total: '0', parts: [] });
      const listed = async (name: ListedPart, lateFrom: Date) => {
        const filter = { meters: ['call'], from: day(1).start, to: day(1).end, limit: 10 };
        const { items } = await store.reader.events(organizationId, { ...filter, part: { name, lateFrom } });
        return items.map(({ id, adjusts }) => adjusts ?? id);
      };
      expect(await listed('amended', recordedAt)).toEqual(['a', 'a']);
      expect(await listed('voided', recordedAt)).toEqual(['b']);
      expect(await listed('late', recordedAt)).toEqual(['b', 'a']);
      expect(await listed('reported', recordedAt)).toEqual([]);
      expect(await listed('reported', justAfter)).toEqual(['b', 'a']);
    });

    it('takes the largest and the latest of what is left after corrections', async () => {
      await organization();
      // Two in a whole quarter of an hour, one alone in its own, and one in the ragged end of the span.
      const events: [string, string, string][] = [
        ['a', '01T10:01:00', '5'],
        ['b', '01T10:02:00', '9'],
        ['c', '01T11:00:00', '7'],
        ['d', '01T12:05:00', '8'],
      ];
      await write(
        events.map(([id, when, quantity]) => draft(id, at(when), { quantity })),
        'max',
      );
      const unitOfWork = createUnitOfWork(db.database.prisma.app, {
        clock: { now: () => at('21T00:00:00') },
        ids: { next: randomUUID },
      });
      const correct = (eventId: string, target: string | null) =>
        unitOfWork.run(organizationId, ({ usageCorrections }) =>
          usageCorrections.correct(organizationId, {
            ...{ eventId, target, at: at('21T00:00:00'), aggregationOf: () => 'max' as const },
          }),
        );
      const period = { start: at('01T10:00:00'), end: at('01T12:07:00') };
      const answers = async () => {
        await store.settle();
        const read = async (aggregation: MeterAggregation) => {
          const [series] = await store.reader.series(span('call', aggregation), [period]);
          const question = { meter: 'call', aggregation, period };
          const { totals } = await store.reader.totals(organizationId, [question]);
          expect(totals).toEqual([series]);
          return series;
        };
        return [await read('max'), await read('latest')];
      };
      expect(await answers()).toEqual(['9', '8']);
      await correct('b', null);
      expect(await answers()).toEqual(['8', '8']);
      await correct('d', '3');
      expect(await answers()).toEqual(['7', '3']);
      await correct('d', null);
      expect(await answers()).toEqual(['7', '7']);
      await correct('c', null);
      await correct('a', '6');
      expect(await answers()).toEqual(['6', '6']);
      await correct('a', null);
      expect(await answers()).toEqual(['0', '0']);
    });

    it('lists events newest first over meters, with filters, and page by page without gaps', async () => {
      await organization();
      const special = new Map<number, object>([
        [3, { clientId: client }],
        [5, { subject: 'it’s "odd"\\' }],
        [6, { properties: '{"a":1,"b":["x"]}' }],
      ]);
      const events = Array.from({ length: 7 }, (_, n) =>
        draft(`e${n}`, at(`0${1 + (n >> 1)}T12:00:00.00${n}`), {
          meter: n % 2 === 0 ? 'call' : 'mail',
          clientId: null,
          subject: null,
          properties: null,
          ...special.get(n),
        }),
      );
      await write(events);
      const filter = { meters: ['call', 'mail'], limit: 3 };
      const ids: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await store.reader.events(organizationId, { ...filter, cursor });
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      expect(ids).toEqual(['e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0']);
      const only = async (more: object) =>
        (await store.reader.events(organizationId, { ...filter, ...more })).items.map(({ id }) => id);
      expect(await only({ clientId: client })).toEqual(['e3']);
      expect(await only({ subject: 'it’s "odd"\\' })).toEqual(['e5']);
      expect(await only({ from: at('02T00:00:00'), to: at('03T00:00:00') })).toEqual(['e3', 'e2']);
      const [newest] = (await store.reader.events(organizationId, filter)).items;
      expect(newest).toEqual({
        ...{
          id: 'e6',
          kind: 'usage',
          adjusts: null,
          meter: 'call',
          quantity: '1',
          clientId: null,
          subject: null,
        },
        occurredAt: at('04T12:00:00.006'),
        recordedAt: at('20T00:00:00'),
        properties: { a: 1, b: ['x'] },
      });
    });

    it('shows nobody the usage of another organization', async () => {
      await organization();
      expect(await store.reader.series(span(), [day(1)])).toEqual(['0']);
      expect((await store.reader.events(organizationId, { meters: ['call'], limit: 5 })).items).toEqual([]);
    });
  });
}
