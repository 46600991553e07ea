import { diffCatalog, publishCatalog } from '@metergate/core/catalog/publish-catalog';
import { startEmulator } from '@metergate/stripe-emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseForeignPrices } from '../../src/billing/existing-prices.ts';
import { startTestApi, type TestApi } from '../start-test-api.ts';

const actor = { kind: 'job' as const, name: 'test' };
const proKey = 'mg_voice-ops_pro_v1_base_month_usd';

interface StripeAnswer {
  id: string;
  data: { id: string; metadata: Record<string, string> }[];
}

/** A call as somebody with Stripe's dashboard would make it. */
async function stripe(url: string, path: string, params?: Record<string, string>) {
  const response = await fetch(`${url}/v1/${path}`, {
    headers: { authorization: 'Bearer sk_test_dashboard' },
    ...(params === undefined ? {} : { method: 'POST', body: new URLSearchParams(params) }),
  });
  const answer: StripeAnswer = JSON.parse(await response.text());
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

async function makePrice(url: string, amount: string): Promise<string> {
  const product = await stripe(url, 'products', { name: 'Pro of before' });
  const price = { product: product.id, currency: 'usd', unit_amount: amount, 'recurring[interval]': 'month' };
  return (await stripe(url, 'prices', price)).id;
}

const start = (url: string, settings: Record<string, string> = {}) =>
  startTestApi({
    STRIPE_API_BASE: url,
    STRIPE_WEBHOOK_SECRET: 'whsec_only_tests_know_this_one',
    ...settings,
  });

describe('the catalogue at Stripe', () => {
  let emulator: Awaited<ReturnType<typeof startEmulator>>;
  let api: TestApi;
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0 });
    api = await start(emulator.url);
    await api.container.drainUntilIdle();
  }, 60_000);
  afterAll(async () => {
    await api.stop();
    await emulator.close();
  });

  const families = () => [...api.container.catalog.values()];
  const publish = () => publishCatalog(api.container.background.publish, { actor, families: families() });
  const found = async () =>
    (await diffCatalog(api.container.background.publish, families())).filter(
      ({ action }) => action !== 'keep',
    );
  const countOf = async (list: string) => (await stripe(emulator.url, `${list}?limit=100`)).data.length;

  it('is made once, whoever publishes it again and at the same time', async () => {
    const before = [await countOf('prices'), await countOf('products'), await countOf('billing/meters')];
    await Promise.all([publish(), publish()]);
    expect([await countOf('prices'), await countOf('products'), await countOf('billing/meters')]).toEqual(
      before,
    );
    expect(await found()).toEqual([]);
  });

  it('differs when a price was archived there, and is not published over it', async () => {
    const { data } = await stripe(emulator.url, `prices?lookup_keys[]=${proKey}`);
    await stripe(emulator.url, `prices/${data[0]?.id}`, { active: 'false' });
    expect(await found()).toEqual([{ kind: 'price', key: proKey, action: 'drift' }]);
    await expect(publish()).rejects.toMatchObject({ code: 'CATALOG_DRIFT' });
    await stripe(emulator.url, `prices/${data[0]?.id}`, { active: 'true' });
    expect(await found()).toEqual([]);
  });

  it('differs when its key was moved to a price that charges something else, even with our marks on it', async () => {
    const { data } = await stripe(emulator.url, `prices?lookup_keys[]=${proKey}`);
    const other = await makePrice(emulator.url, '100');
    const marks = { lookup_key: proKey, transfer_lookup_key: 'true' };
    const hash = { 'metadata[metergate_hash]': data[0]?.metadata.metergate_hash ?? '' };
    await stripe(emulator.url, `prices/${other}`, { ...marks, ...hash });
    expect(await found()).toEqual([{ kind: 'price', key: proKey, action: 'drift' }]);
    await stripe(emulator.url, `prices/${data[0]?.id}`, marks);
    expect(await found()).toEqual([]);
  });
});

describe('prices of before the catalogue', () => {
  it('are taken over when they charge the same, and make no second price', async () => {
    const emulator = await startEmulator({ port: 0 });
    const existing = await makePrice(emulator.url, '4900');
    const api = await start(emulator.url, { STRIPE_PRICE_PRO: existing });
    try {
      await refuseForeignPrices(api.container);
      await api.container.drainUntilIdle();
      const { data } = await stripe(emulator.url, `prices?lookup_keys[]=${proKey}`);
      expect(data.map(({ id }: { id: string }) => id)).toEqual([existing]);
      const { rows } = await api.db.owner.query('select stripe_id from catalog_objects where key = $1', [
        proKey,
      ]);
      expect(rows).toEqual([{ stripe_id: existing }]);
    } finally {
      await api.stop();
      await emulator.close();
    }
  }, 60_000);

  it.each([
    [
      'another amount',
      async (url: string) => makePrice(url, '5900'),
      /charges 59 USD a month, the catalogue says 49 USD/,
    ],
    ['no price at all', async () => 'price_unknown', /STRIPE_PRICE_PRO=price_unknown does not exist/],
  ])(
    'refuse the start with a clear line: %s',
    async (_, make, line) => {
      const emulator = await startEmulator({ port: 0 });
      const api = await start(emulator.url, { STRIPE_PRICE_PRO: await make(emulator.url) });
      try {
        await expect(refuseForeignPrices(api.container)).rejects.toMatchObject({
          code: 'CATALOG_PRICE_DIFFERS',
          userMessage: expect.stringMatching(line),
        });
      } finally {
        await api.stop();
        await emulator.close();
      }
    },
    60_000,
  );
});
