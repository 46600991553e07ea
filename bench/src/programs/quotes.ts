import { createHash, randomBytes, randomUUID } from 'node:crypto';
import process from 'node:process';
import { type Measured, measure, report } from '../load.ts';
import { writeResults } from '../results.ts';
import { type Caller, createCaller } from '../trial/caller.ts';
import { runTrial, type Trial } from '../trial/trial.ts';

/**
 * How long a person waits for a quote, against the emulator's own preview of the same change as the floor that nobody
 * can go below; and how long a page of ten thousand invoices takes, against the first page of ten. The exit code says
 * whether the promised times hold.
 */
const quoteP95MsMax = 800;
const pageP95MsMax = 300;
const seconds = Number(process.argv[2] ?? 8);
const load = { seconds, concurrency: 1 };
const base = '/v1/organizations/buyer/billing';

await runTrial('quotes and pages of invoices answer in time', async (trial) => {
  const key = await addKey(trial);
  const settings = await trial.startEmulator();
  const api = await trial.startApi({ ...settings, RATE_LIMIT_CHECKOUT: '1000000/60/1' });
  const caller = createCaller({ url: api.url, key });
  await subscribe(caller);
  const floor = await measurePreview(trial, settings.STRIPE_API_BASE ?? '');
  const upgrade = await measureQuotes(caller, { family: 'agent-studio', quantity: '7', at: 'now' });
  const switched = await measureQuotes(caller, { family: 'voice-ops', plan: 'business', at: 'now' });
  const empty = await measurePages(caller, '');
  await addInvoices(trial, 10_000);
  const full = await measurePages(caller, '');
  const deep = await measurePages(caller, await cursorOfPage(caller, 50));
  const results = {
    'preview of the emulator (floor)': floor,
    'quote of more seats': upgrade,
    'quote of another plan': switched,
    'first page of few invoices': empty,
    'first page of 10 000': full,
    'page 50 of 10 000': deep,
  };
  for (const [name, measured] of Object.entries(results)) report(name, measured);
  const ratio = Math.max(upgrade.p50Ms, switched.p50Ms) / floor.p50Ms;
  trial.note(`a quote takes ${ratio.toFixed(1)} times as long as the preview in it`);
  for (const [name, { p95Ms }] of Object.entries({ upgrade, switched })) {
    trial.check(`p95 of a quote (${name}) in ms is at most ${quoteP95MsMax}`, p95Ms <= quoteP95MsMax, p95Ms);
  }
  for (const [name, { p95Ms }] of Object.entries({ full, deep })) {
    trial.check(`p95 of a page (${name}) in ms is at most ${pageP95MsMax}`, p95Ms <= pageP95MsMax, p95Ms);
  }
  await writeResults('quotes', { ratio, results });
});

async function addKey({ database }: Trial): Promise<string> {
  const key = `mg_${randomBytes(24).toString('base64url')}`;
  await database.owner.query(
    `insert into api_keys (id, name, key_hash, key_prefix, scopes) values ($1, 'buyer', $2, 'mg_',
     '{organizations:read,organizations:write,billing:read,billing:write}')`,
    [randomUUID(), createHash('sha256').update(key).digest()],
  );
  return key;
}

async function subscribe(caller: Caller): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if ((await caller.post('/test/drain', {}, { timeoutMs: 120_000 })).status === 200) break;
  }
  const buyer = { name: 'Buyer', externalId: 'buyer', email: 'buyer@example.test', currency: 'USD' };
  await expectStatus(caller.post('/v1/organizations', buyer), 201);
  for (const wish of [
    { family: 'agent-studio', plan: 'pro', quantity: '3' },
    { family: 'voice-ops', plan: 'pro' },
  ]) {
    const bought = { ...wish, paymentMethod: 'pm_card_visa' };
    await expectStatus(caller.post(`${base}/subscriptions`, bought, { timeoutMs: 60_000 }), 201);
  }
}

async function measureQuotes(caller: Caller, wish: object): Promise<Measured> {
  const quote = () => expectStatus(caller.post(`${base}/quotes`, wish, { timeoutMs: 60_000 }), 201);
  await quote();
  return measure(load, quote);
}

/** What Stripe alone takes for the figure that every quote needs. */
async function measurePreview({ database }: Trial, emulatorUrl: string): Promise<Measured> {
  const { rows } = await database.owner.query<{ subscription: string; item: string }>(
    `select s.stripe_subscription_id as subscription, i.stripe_item_id as item from subscriptions s
       join subscription_items i on i.organization_id = s.organization_id and i.subscription_id = s.id
      where s.family = 'agent-studio' limit 1`,
  );
  const { subscription = '', item = '' } = rows[0] ?? {};
  const body = new URLSearchParams({
    subscription,
    'subscription_details[items][0][id]': item,
    'subscription_details[items][0][quantity]': '7',
  });
  const headers = { authorization: 'Bearer sk_test_trial' };
  const preview = async () => {
    const answer = await fetch(`${emulatorUrl}/v1/invoices/create_preview`, {
      method: 'POST',
      headers,
      body,
    });
    if (answer.status !== 200)
      throw new Error(`the preview answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  await preview();
  return measure(load, preview);
}

function measurePages(caller: Caller, cursor: string): Promise<Measured> {
  const page = `${base}/invoices?limit=50${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
  return measure(load, () => expectStatus(caller.get(page), 200));
}

async function cursorOfPage(caller: Caller, count: number): Promise<string> {
  let cursor = '';
  for (let page = 0; page < count; page += 1) {
    const path = `${base}/invoices?limit=50${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    cursor = (await caller.get(path)).json.nextCursor;
  }
  return cursor;
}

async function addInvoices({ database }: Trial, count: number): Promise<void> {
  const { rows } = await database.owner.query<{ columns: string }>(
    `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
      where table_schema = 'public' and table_name = 'invoices'
        and column_name not in ('id', 'stripe_invoice_id', 'number', 'stripe_created_at')`,
  );
  const { columns = '' } = rows[0] ?? {};
  await database.owner.query(
    `insert into invoices (id, stripe_invoice_id, number, stripe_created_at, ${columns})
     select gen_random_uuid(), 'in_bench_' || n, 'B-' || n, stripe_created_at - n * interval '1 minute', ${columns}
       from generate_series(1, $1::int) n, (select * from invoices where status = 'paid' limit 1) sample`,
    [count],
  );
  await database.owner.query('analyze invoices');
}

async function expectStatus(answer: ReturnType<Caller['get']>, expected: number): Promise<void> {
  const { status, json } = await answer;
  if (status !== expected) throw new Error(`answered ${status}: ${JSON.stringify(json)}`);
}
