import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let owner: { userId: string; cookie: string };
let member: { userId: string; cookie: string };

beforeAll(async () => {
  billing = await startTestBilling({ TEST_SEAMS: '1' });
  owner = await billing.signUp('owner@example.test');
  member = await billing.signUp('member@example.test');
  const id = await billing.addOrganization('downloads', {
    [owner.userId]: 'owner',
    [member.userId]: 'member',
  });
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [id]);
  const { key } = await billing.addApiKey(['billing:read', 'billing:write']);
  const body = { family: 'agent-leads', plan: 'starter', paymentMethod: 'pm_card_visa' };
  const path = '/v1/organizations/downloads/billing/subscriptions';
  expect((await billing.rest({ method: 'POST', path, key, body })).status).toBe(201);
  await billing.rest({ method: 'POST', path: '/test/clock', body: { advanceSeconds: 31 * 86_400 + 7_200 } });
  await billing.settle();
}, 120_000);
afterAll(() => billing.stop());

function download(path: string, cookie: string) {
  return fetch(`${billing.url}/api/billing/${path}`, { headers: { cookie } });
}

describe('downloads of the console', () => {
  it('give every invoice as a row and as a document', async () => {
    const csv = await download('invoices.csv?organization=downloads', owner.cookie);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const rows = (await csv.text()).trimEnd().split('\r\n');
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^id,number,status,currency,total_minor/);
    expect(rows[1]).toContain(',paid,USD,2900,');
    const zip = await download('invoices.zip?organization=downloads', owner.cookie);
    const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    expect(Object.keys(files)).toHaveLength(2);
    for (const content of Object.values(files)) {
      expect(new TextDecoder().decode(content.subarray(0, 5))).toBe('%PDF-');
    }
  });

  it('keep to the span that is asked for', async () => {
    const none = await download('invoices.csv?organization=downloads&to=2020-01-01T00:00:00Z', owner.cookie);
    expect((await none.text()).trimEnd().split('\r\n')).toHaveLength(1);
    expect((await download('invoices.csv?organization=downloads&from=soon', owner.cookie)).status).toBe(400);
  });

  it('are for those who may see money', async () => {
    for (const file of ['invoices.csv', 'invoices.zip']) {
      expect((await download(`${file}?organization=downloads`, member.cookie)).status).toBe(403);
      expect((await download(`${file}?organization=downloads`, '')).status).toBe(401);
    }
  });

  it('compare an invoice with the one before', async () => {
    const input = { organization: 'downloads', limit: 1 };
    const { cookie } = owner;
    const list = await billing.trpc({ path: 'invoices.list', type: 'query', input, cookie });
    const invoiceId = list.json.result.data.items[0].id;
    const one = await billing.trpc({
      path: 'invoices.get',
      type: 'query',
      input: { organization: 'downloads', invoiceId },
      cookie,
    });
    expect(one.json.result.data.bridge).toMatchObject({
      differenceMinor: '0',
      groups: [{ key: 'price:agent-leads:base', previousMinor: '2900', currentMinor: '2900' }],
    });
  });
});
