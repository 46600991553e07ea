import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAcme, organizationId, runOn } from './run-on.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await addAcme(db);
});
afterAll(() => db.dispose());

const metergate = (...args: string[]) => runOn(db, ...args);

describe('metergate backfills', () => {
  const own = ['--organization', 'acme', '--reason', 'the collector was down', '--json'];
  const late = (n: number, change: object = {}) => ({
    id: `late-${n}`,
    meter: 'execution',
    quantity: String(n),
    occurredAt: '2026-01-10T10:00:00Z',
    ...change,
  });
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-backfills-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const file = async (name: string, text: string) => {
    await writeFile(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const counted = async () => {
    const { rows } = await db.owner.query(
      `select coalesce(sum(quantity), 0)::int as total from usage_buckets
        where meter = 'execution' and bucket_start = '2026-01-10T10:00:00Z'`,
    );
    return rows[0].total;
  };

  it('shows what a file would change, reports it once, and takes it back', async () => {
    const lines = await file(
      'january.ndjson',
      `${[1, 2, 3].map((n) => JSON.stringify(late(n))).join('\n')}\n`,
    );
    const previewed = await metergate('backfills', 'preview', lines, '--name', 'january', ...own);
    expect(previewed.exitCode, previewed.error).toBe(0);
    const closed = { meter: 'execution', before: '0', after: '6', isClosed: true };
    expect(JSON.parse(previewed.out)).toMatchObject({ dryRun: true, accepted: 3, periods: [closed] });
    expect(await counted()).toBe(0);
    const done = await metergate('backfills', 'run', lines, '--name', 'january', ...own);
    expect(JSON.parse(done.out)).toMatchObject({ id: 'january', accepted: 3, periods: [closed] });
    const again = await metergate('backfills', 'run', lines, '--name', 'january', ...own);
    expect(JSON.parse(again.out)).toMatchObject({ accepted: 0, duplicates: 3 });
    expect(await counted()).toBe(6);
    const listed = await metergate('backfills', 'list', '--organization', 'acme');
    expect(listed.out).toMatch(/^january .* 3 events count: the collector was down$/);
    const dry = await metergate('backfills', 'revert', 'january', '--dry-run', ...own);
    expect(JSON.parse(dry.out)).toMatchObject({ dryRun: true, reverted: 3, periods: [{ after: '0' }] });
    const back = await metergate('backfills', 'revert', 'january', ...own);
    expect(JSON.parse(back.out)).toMatchObject({
      reverted: 3,
      remaining: 0,
      periods: [{ before: '6', after: '0' }],
    });
    expect(await counted()).toBe(0);
    const closedNow = await metergate('backfills', 'run', lines, '--name', 'january', ...own);
    expect([closedNow.exitCode, closedNow.error]).toEqual([1, expect.stringContaining('BACKFILL_REVERTED')]);
    const { rows } = await db.owner.query(
      `select actor ->> 'kind' as kind, action from audit_log where action like 'usage.backfill%' order by sequence`,
    );
    expect(rows.map(({ kind, action }) => `${kind} ${action}`)).toContain('staff usage.backfill_reverted');
  });

  it('takes a backfill back in several rounds when it is larger than one', async () => {
    const events = Array.from({ length: 105 }, (_, n) => late(1, { id: `many-${n}` }));
    const many = await file('many.json', JSON.stringify({ events }));
    await metergate('backfills', 'run', many, '--name', 'many', ...own);
    expect(await counted()).toBe(105);
    const back = await metergate('backfills', 'revert', 'many', ...own);
    const { reverted, remaining, periods } = JSON.parse(back.out);
    expect([reverted, remaining, periods[0].before]).toEqual([105, 0, '105']);
  });

  it('says which events are refused, and reports nothing for anybody else', async () => {
    await db.owner.query(
      `insert into organizations (id, slug, name, external_id, email, currency)
       values ('01900000-0000-7000-8000-000000000002', 'other', 'Other', 'crm-2', 'o@example.test', 'EUR')`,
    );
    const events = [
      late(7),
      late(8, { organization: 'crm-2' }),
      late(9, { organization: 'crm-1' }),
      late(10, { meter: 'nothing' }),
      late(11, { client: 'nobody' }),
      'no event',
    ];
    const mixed = await file('mixed.json', JSON.stringify(events));
    const done = await metergate('backfills', 'run', mixed, '--name', 'mixed', ...own);
    expect(done.exitCode).toBe(1);
    const codes = JSON.parse(done.out).results.map(
      ({ code, status }: Record<string, string>) => code ?? status,
    );
    const refused = 'METER_UNKNOWN CLIENT_UNKNOWN EVENT_INVALID';
    expect(codes.join(' ')).toBe(`accepted ORGANIZATION_UNKNOWN accepted ${refused}`);
    const { rows } = await db.owner.query(
      `select distinct organization_id from usage_events where id like 'late-%'`,
    );
    expect(rows).toEqual([{ organization_id: organizationId }]);
  });

  it.each([
    ['nothing.json', '', 'has no events'],
    ['empty.json', '[]', 'has no events'],
    ['half.ndjson', '{"id":"a"}\n{"id":', 'neither a JSON list'],
    ['object.json', '{"events":"all"}', 'neither a JSON list'],
    ['missing.json', null, 'cannot be read'],
  ])('refuses the file %s with exit code 2', async (name, text, problem) => {
    const given = text === null ? path.join(folder, name) : await file(name, text);
    const answer = await metergate('backfills', 'run', given, ...own);
    expect([answer.exitCode, answer.error]).toEqual([2, expect.stringContaining(problem)]);
  });

  it('compares figures of a sender, and lists what differs', async () => {
    const span = ['--from', '2026-01-10T00:00:00Z', '--to', '2026-01-11T00:00:00Z'];
    const compare = (count: string, total: string, meter = 'execution') =>
      metergate(
        ...['checks', 'compare', '--organization', 'acme', '--meter', meter, ...span],
        ...['--count', count, '--total', total],
      );
    const ours = /ours are (\d+) events, (\d+)/.exec((await compare('999', '5')).out);
    expect((await metergate('checks', 'list', '--organization', 'acme')).exitCode).toBe(1);
    const equal = await compare(ours?.[1] ?? '', ours?.[2] ?? '');
    expect([equal.exitCode, equal.out]).toEqual([0, 'Equal.']);
    const listed = await metergate('checks', 'list', '--organization', 'acme', '--json');
    expect([listed.exitCode, JSON.parse(listed.out).length]).toEqual([0, 1]);
    await db.owner.query(
      `insert into usage_checks (organization_id, meter, client_id, span_start, span_end, their_count, their_total,
                                 our_count, our_total, checked_at)
       select organization_id, 'agents', client_id, span_start, span_start, 0, 4, 0, 3, checked_at
         from usage_checks limit 1`,
    );
    const withLevel = await metergate('checks', 'list', '--organization', 'acme');
    expect(withLevel.exitCode).toBe(1);
    expect(withLevel.out).toContain('agents level at 2026-01-10T00:00:00.000Z: theirs 4, ours 3');
    expect((await compare('-1', '5')).exitCode).toBe(2);
    expect((await compare('1', '5', 'nothing')).error).toContain('METER_UNKNOWN');
  });
});
