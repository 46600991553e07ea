import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Caller, createCaller } from '../trial/caller.ts';
import { cloneCopy, copyFacts } from '../trial/rebuild-database.ts';
import { between, runTrial, type Trial } from '../trial/trial.ts';

const cli = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));
const dayMs = 86_400_000;
const payers = [
  { family: 'voice-words', plan: 'basic', meters: ['stt_words', 'tts_words'], currency: 'USD' },
  { family: 'agent-leads', plan: 'growth', meters: ['lead_qualified'], currency: 'JPY' },
  { family: 'agent-leads', plan: 'starter', meters: ['lead_qualified'], currency: 'KWD' },
  { family: 'voice-ops', plan: 'pro', meters: ['call', 'minute', 'transcription'], currency: 'USD' },
];

/**
 * Usage is billed for months with changes, late and voided events; then three fresh databases in another time zone get
 * the events and terms alone, and three processes with another zone and language rate everything again at once.
 */
await runTrial('P6 invoices are reproducible and exact', async (trial) => {
  const key = await addKey(trial);
  const api = await trial.startApi(await trial.startEmulator());
  const caller = createCaller({ url: api.url, key });
  const organizations = await sell(trial, caller);
  const startedAt = Date.now();
  const countMax = trial.isLong ? 400 : 60;
  for (let month = 0; month < (trial.isLong ? 12 : 1); month += 1) {
    const monthAt = startedAt + month * 31 * dayMs;
    const use = (days: number) =>
      useSomething(caller, { organizations, until: monthAt + days * dayMs, countMax });
    await moveTo(caller, monthAt + 12 * dayMs);
    await use(12);
    if (month === 0) await upgrade(caller, organizations);
    await moveTo(caller, monthAt + 25 * dayMs);
    await use(25);
    await moveTo(caller, monthAt + 33 * dayMs);
    await moveTo(caller, monthAt + 33 * dayMs + 7_200_000);
    // Some of it belongs to the month that is closed and billed already.
    await use(32);
    await moveTo(caller, monthAt + 33 * dayMs + 14_400_000);
  }
  const stored = await trial.count('select count(*) from usage_events');
  trial.note(`${stored} events, ${await trial.count('select count(*) from usage_billings')} billings`);
  await checkSums(trial);
  const [original, copies] = await Promise.all([
    rerate(trial.database.ownerUrl, trial.database.urls, {}),
    rebuild(trial),
  ]);
  trial.check('parts of months that were billed differently', original.different === 0, original.different);
  trial.check('parts of months were rated at all', original.count > 0, original.count);
  const adjustments = await trial.count("select count(*) from usage_billings where kind = 'adjustment'");
  trial.check('late usage was settled by adjustments', adjustments > 0, adjustments);
  const rebuilt = await Promise.all(
    copies.map(({ ownerUrl, roleUrls }) =>
      rerate(ownerUrl, roleUrls, { TZ: 'Asia/Kolkata', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }),
    ),
  );
  const hashes = new Set([original, ...rebuilt].map(({ hash }) => hash));
  const odd = rebuilt.find(({ hash }) => hash !== original.hash);
  const position = odd?.lines.findIndex((line, n) => line !== original.lines[n]) ?? -1;
  if (position >= 0) trial.note(`${original.lines[position]} became ${odd?.lines[position]}`);
  trial.check('different hashes over the original and three rebuilt ones', hashes.size === 1, hashes.size);
});

/** Three databases from the facts alone; the short form lets PostgreSQL copy the first to the others. */
async function rebuild({ database, isLong }: Trial) {
  const zone = 'Asia/Kolkata';
  const first = await copyFacts(database, { name: 'rebuilt_1', zone });
  const copy = (name: string) =>
    isLong ? copyFacts(database, { name, zone }) : cloneCopy(database, { name, template: 'rebuilt_1', zone });
  return [first, await copy('rebuilt_2'), await copy('rebuilt_3')];
}

async function addKey({ database }: Trial): Promise<string> {
  const key = `mg_${randomBytes(24).toString('base64url')}`;
  await database.owner.query(
    `insert into api_keys (id, name, key_hash, key_prefix, scopes) values ($1, 'payer', $2, 'mg_',
     '{organizations:read,organizations:write,usage:write,usage:correct,usage:backfill,billing:read,billing:write}')`,
    [randomUUID(), createHash('sha256').update(key).digest()],
  );
  return key;
}

async function sell({ note }: Trial, caller: Caller): Promise<string[]> {
  const organizations: string[] = [];
  await until(async () => (await caller.post('/test/drain', {}, { timeoutMs: 120_000 })).status === 200);
  for (const [n, { family, plan, currency }] of payers.entries()) {
    const externalId = `payer-${n}`;
    await ok(
      caller.post('/v1/organizations', {
        name: externalId,
        externalId,
        email: 'payer@example.test',
        currency,
      }),
    );
    const wish = { family, plan, paymentMethod: 'pm_card_visa' };
    await ok(
      caller.post(`/v1/organizations/${externalId}/billing/subscriptions`, wish, { timeoutMs: 60_000 }),
    );
    organizations.push(externalId);
  }
  note(
    `${organizations.length} organizations pay in ${new Set(payers.map(({ currency }) => currency)).size} currencies`,
  );
  return organizations;
}

/** Starter becomes Growth and Pro becomes Business in the middle of the month. */
async function upgrade(caller: Caller, organizations: readonly string[]): Promise<void> {
  for (const [n, plan] of [
    [2, 'growth'],
    [3, 'business'],
  ] as const) {
    const base = `/v1/organizations/${organizations[n]}/billing/quotes`;
    const wish = { family: payers[n]?.family, plan, at: 'now' };
    const quote = await ok(caller.post(base, wish, { timeoutMs: 60_000 }));
    await ok(caller.post(`${base}/${quote.id}/accept`, {}, { timeoutMs: 60_000 }));
  }
}

/** Events of up to ten days ago, some of them taken back. */
async function useSomething(
  caller: Caller,
  usage: { organizations: readonly string[]; until: number; countMax: number },
): Promise<void> {
  for (const [n, organization] of usage.organizations.entries()) {
    const meters = payers[n]?.meters ?? [];
    const events = Array.from({ length: usage.countMax }, () => ({
      id: randomUUID(),
      organization,
      meter: meters[between(0, meters.length - 1)],
      quantity: `${between(0, 40)}`,
      occurredAt: new Date(usage.until - between(0, 10 * dayMs)).toISOString(),
    }));
    await ok(caller.post('/v1/usage-events', { events }));
    for (const { id } of events.slice(0, 5)) {
      await ok(caller.post(`/v1/usage-events/${id}/void`, { organization, reason: 'a trial takes it back' }));
    }
  }
}

async function checkSums(trial: Trial): Promise<void> {
  const unequal = await trial.count(
    `select count(*) from invoices where status <> 'draft' and subtotal_minor <> (
       select coalesce(sum(amount_minor), 0) from invoice_lines
        where organization_id = invoices.organization_id and invoice_id = invoices.id)`,
  );
  trial.check('invoices whose lines do not sum to their total', unequal === 0, unequal);
  const gaps = await trial.count(
    `select count(*) from (select organization_id, max(number) - count(distinct number) as missing
       from usage_statements group by organization_id) series where missing <> 0`,
  );
  trial.check('series of statements with a gap', gaps === 0, gaps);
  const statements = await trial.count('select count(*) from usage_statements');
  trial.check('statements were issued at all', statements > 0, statements);
}

async function rerate(ownerUrl: string, roleUrls: Readonly<Record<string, string>>, setting: object) {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: ownerUrl,
    DATABASE_ROLE_URLS: JSON.stringify(roleUrls),
    ...setting,
  };
  const run = promisify(execFile)(process.execPath, [cli, '--json', 'invoices', 'rerate'], {
    env,
    maxBuffer: 1 << 26,
  });
  // The exit code says that something differs; the answer says what.
  const stdout = await run.then(
    (answer) => answer.stdout,
    (error: { stdout: string }) => error.stdout,
  );
  const { hash, lines, different } = JSON.parse(stdout);
  for (const line of different.slice(0, 5)) console.log(`  ${JSON.stringify(line)}`);
  const texts: string[] = lines.map((line: unknown) => JSON.stringify(line));
  return { hash: String(hash), lines: texts, count: texts.length, different: different.length };
}

async function moveTo(caller: Caller, at: number): Promise<void> {
  const now = new Date(at).toISOString();
  await ok(caller.post('/test/clock', { now }, { timeoutMs: 120_000 }));
  await ok(caller.post('/test/drain', {}, { timeoutMs: 120_000 }));
}

async function ok(answer: ReturnType<Caller['post']>) {
  const { status, json } = await answer;
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(json)}`);
  return json;
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 50 && !(await isDone()); attempt += 1);
}
