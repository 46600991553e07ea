import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { voiceWords } from '@metergate/catalogs';
import { planVersionOf } from '@metergate/core/catalog/define-family';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/run-cli.ts';

let db: TestDatabase;
let folder: string;
const organizationId = '01900000-0000-7000-8000-000000000001';
const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

/** A subscriber of an older Basic (29.00 a month) since 45 days, who used 4 000 words in the month that is closed. */
beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'metergate-catalog-'));
  const basic = planVersionOf(voiceWords, 'basic');
  await insert('organizations', {
    ...{ id: organizationId, slug: 'acme', name: 'Acme', external_id: 'crm-1', email: 'a@example.test' },
    currency: 'USD',
  });
  await insert('plan_versions', {
    ...{ family: 'voice-words', plan: 'basic', version: 7, status: 'published', published_at: daysAgo(60) },
    ...{ content: JSON.stringify({ ...basic, version: 7 }), content_hash: 'older' },
  });
  const subscription = {
    ...{ organization_id: organizationId, id: '01900000-0000-7000-8000-000000000002', family: 'voice-words' },
    ...{ plan: 'basic', plan_version: 7, interval: 'month', currency: 'USD', status: 'active' },
    ...{ stripe_subscription_id: 'sub_1', billing_anchor: daysAgo(45), current_period_start: daysAgo(14) },
    ...{ current_period_end: daysAgo(-16), stripe_synced_at: daysAgo(0) },
  };
  await insert('subscriptions', subscription);
  await insert('usage_events', {
    ...{ organization_id: organizationId, id: 'w-1', meter: 'stt_words', quantity: '4000' },
    ...{
      occurred_at: daysAgo(30),
      recorded_at: daysAgo(30),
      payload_hash: Buffer.alloc(32),
      kind: 'usage',
      source: 'api',
    },
  });
}, 60_000);
afterAll(async () => {
  await db.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function insert(table: string, row: Readonly<Record<string, unknown>>) {
  const columns = Object.keys(row);
  const places = columns.map((_, n) => `$${n + 1}`).join(', ');
  await db.owner.query(`insert into ${table} (${columns.join(', ')}) values (${places})`, Object.values(row));
}

async function metergate(...args: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const env = {
    DATABASE_URL: db.ownerUrl,
    ...(db.urls === undefined ? {} : { DATABASE_ROLE_URLS: JSON.stringify(db.urls) }),
  };
  const write = { out: (line: string) => out.push(line), error: (line: string) => error.push(line) };
  const exitCode = await runCli(args, { env, ...write });
  return { exitCode, out: out.join('\n'), error: error.join('\n') };
}

async function draftFile(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('metergate catalog shadow', () => {
  it('says month by month what a draft would have cost: 29.00 + 4.00 against 40.00 + 8.00', async () => {
    const draft = JSON.stringify(voiceWords)
      .replaceAll('"unitPrice":"29"', '"unitPrice":"40"')
      .replaceAll('"unitPrice":"0.001"', '"unitPrice":"0.002"');
    const file = await draftFile('dearer.mjs', `export const draft = ${draft};`);
    const { exitCode, out } = await metergate('catalog', 'shadow', file, '--since', daysAgo(50).slice(0, 10));
    expect(exitCode).toBe(0);
    expect(out).toContain('$33.00 → $48.00');
    expect(out).toContain('USD: $33.00 → $48.00');
    expect(out).toContain('1 of 1 months differ.');
  });

  it('finds no difference when nothing was changed, and changes nothing itself', async () => {
    const file = await draftFile('same.mjs', `export const draft = ${JSON.stringify(voiceWords)};`);
    const { out } = await metergate('catalog', 'shadow', file, '--since', daysAgo(50).slice(0, 10));
    expect(out).toContain('0 of 1 months differ.');
    const { rows } = await db.owner.query(
      `select (select count(*) from usage_billings)::int as billings, (select count(*) from plan_versions)::int as plans`,
    );
    expect(rows).toEqual([{ billings: 0, plans: 1 }]);
  });

  it.each([
    ['a file without a family', 'export const nothing = 1;', '2027-01-01', 'exactly one family'],
    [
      'a file with two',
      'export const a = { key: "a", plans: [], meters: [] }, b = a;',
      '2027-01-01',
      'exactly one',
    ],
    ['a day that is none', `export const draft = ${JSON.stringify(voiceWords)};`, 'soon', '--since is a day'],
  ])('refuses %s', async (name, text, since, problem) => {
    const file = await draftFile(`${name.replaceAll(' ', '-')}.mjs`, text);
    const { exitCode, error } = await metergate('catalog', 'shadow', file, '--since', since);
    expect(exitCode).not.toBe(0);
    expect(error).toContain(problem);
  });
});

describe('metergate catalog migrate', () => {
  it('says what the move to the version sold now means, and orders nothing', async () => {
    const { exitCode, out } = await metergate('catalog', 'migrate', 'voice-words/basic', '--dry-run');
    expect(exitCode).toBe(0);
    expect(out).toContain(`acme: v7 → v${planVersionOf(voiceWords, 'basic')?.version}, 2900 → 2900 USD`);
    expect(out).toContain('1 looked at, 0 ordered now. These are all.');
    const { rows } = await db.owner.query('select count(*)::int as messages from outbox');
    expect(rows).toEqual([{ messages: 0 }]);
  });

  it.each([
    [['voice-words/basic'], '--reason'],
    [['voice-words'], 'family/plan'],
    [['voice-words/basic', '--dry-run', '--limit', '0'], 'whole number'],
    [['voice-words/no-plan', '--dry-run'], 'plan'],
    [['voice-words/basic', '--reason', 'x'], 'few words'],
  ])('refuses %j', async (args, problem) => {
    const { exitCode, error } = await metergate('catalog', 'migrate', ...args);
    expect(exitCode).not.toBe(0);
    expect(error).toContain(problem);
  });
});
