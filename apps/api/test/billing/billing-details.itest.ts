import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let owner: { userId: string; cookie: string };
let admin: { userId: string; cookie: string };

beforeAll(async () => {
  billing = await startTestBilling();
  owner = await billing.signUp('owner@example.test');
  admin = await billing.signUp('admin@example.test');
}, 120_000);
afterAll(() => billing.stop());

const address = { line1: 'Hafenstr. 1', postalCode: '20457', city: 'Hamburg', country: 'de' };
const details = {
  legalName: 'Harbor GmbH',
  email: 'invoices@harbor.test',
  address,
  taxId: { kind: 'eu_vat', value: 'de 123456789' },
};

const add = (slug: string) =>
  billing.addOrganization(slug, { [owner.userId]: 'owner', [admin.userId]: 'admin' });

function change(organization: string, wanted: object, cookie = owner.cookie) {
  const input = { organization, details: wanted };
  return billing.trpc({ path: 'payments.changeDetails', type: 'mutation', input, cookie });
}

async function read(organization: string, cookie = owner.cookie) {
  const path = 'payments.details';
  return (await billing.trpc({ path, type: 'query', input: { organization }, cookie })).json.result.data;
}

async function makeCustomer(slug: string): Promise<string> {
  const { key } = await billing.addApiKey(['billing:write']);
  const path = `/v1/organizations/${slug}/billing/customer`;
  return (await billing.rest({ method: 'POST', path, key })).json.stripeCustomerId;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form
async function atStripe(path: string): Promise<any> {
  const answer = await fetch(`${billing.emulatorUrl}/v1/customers/${path}`, {
    headers: { authorization: 'Bearer sk_test_emulator' },
  });
  return answer.json();
}

describe('billing details', () => {
  it('stand on the customer at Stripe, and what is taken out is gone there too', async () => {
    await add('mirrored');
    const customer = await makeCustomer('mirrored');
    expect(await read('mirrored')).toMatchObject({ legalName: 'mirrored', address: null, changedAt: null });
    const changed = await change('mirrored', details);
    expect(changed.json.result.data).toMatchObject({
      legalName: 'Harbor GmbH',
      address: { ...address, line2: '', country: 'DE' },
      taxId: { kind: 'eu_vat', value: 'DE123456789' },
    });
    await billing.settle();
    expect(await atStripe(customer)).toMatchObject({
      name: 'Harbor GmbH',
      email: 'invoices@harbor.test',
      address: { line1: 'Hafenstr. 1', city: 'Hamburg', country: 'DE', postal_code: '20457' },
    });
    expect((await atStripe(`${customer}/tax_ids`)).data).toMatchObject([{ value: 'DE123456789' }]);

    await change('mirrored', { ...details, address: null, taxId: { kind: 'gb_vat', value: 'GB123456789' } });
    await billing.settle();
    expect((await atStripe(customer)).address).toBeNull();
    expect((await atStripe(`${customer}/tax_ids`)).data).toMatchObject([{ type: 'gb_vat' }]);
    await change('mirrored', { ...details, taxId: null });
    await billing.settle();
    expect((await atStripe(`${customer}/tax_ids`)).data).toEqual([]);
  }, 60_000);

  it('filled in before the first purchase reach the customer when it is made', async () => {
    await add('early');
    await change('early', details);
    const customer = await makeCustomer('early');
    await billing.settle();
    expect(await atStripe(customer)).toMatchObject({ name: 'Harbor GmbH', email: 'invoices@harbor.test' });
  }, 60_000);

  it('that say the same again, also at the same time, are one change', async () => {
    const organizationId = await add('again');
    await makeCustomer('again');
    await Promise.all([change('again', details), change('again', details), change('again', details)]);
    const { rows } = await billing.db.owner.query(
      `select (select count(*)::int from outbox where organization_id = $1 and kind = 'stripe.customer.update') as sent,
              (select count(*)::int from audit_log where organization_id = $1 and action = 'billing_details.changed') as noted`,
      [organizationId],
    );
    expect(rows).toEqual([{ sent: 1, noted: 1 }]);
  });

  it('wait in the outbox while Stripe is away', async () => {
    await add('waiting');
    const customer = await makeCustomer('waiting');
    await billing.emulator('POST', '/faults', { api: [{ kind: 'error_500' }] });
    expect((await change('waiting', details)).status).toBe(200);
    await billing.container.drainUntilIdle();
    await billing.emulator('DELETE', '/faults');
    expect(await read('waiting')).toMatchObject({ legalName: 'Harbor GmbH' });
    await billing.db.owner.query(
      `update outbox set next_attempt_at = now() where kind = 'stripe.customer.update'`,
    );
    await new Promise((resolve) => setTimeout(resolve, 5_200));
    await billing.settle();
    expect(await atStripe(customer)).toMatchObject({ name: 'Harbor GmbH' });
  }, 60_000);

  it.each([
    ['no name', { ...details, legalName: ' ' }],
    ['no e-mail address', { ...details, email: 'harbor' }],
    ['a country that is none', { ...details, address: { ...address, country: 'Germany' } }],
    ['an address without a street', { ...details, address: { ...address, line1: '' } }],
    ['a tax id of another kind', { ...details, taxId: { kind: 'us_ein', value: 'DE123456789' } }],
    ['an unknown kind of tax id', { ...details, taxId: { kind: 'constructor', value: '1' } }],
  ])('refuse %s', async (_what, wanted) => {
    const answer = await change('mirrored', wanted);
    expect(answer.status).toBe(400);
  });

  it('are read by who sees money and changed by owners', async () => {
    expect(await read('mirrored', admin.cookie)).toMatchObject({ legalName: 'Harbor GmbH' });
    expect((await change('mirrored', details, admin.cookie)).status).toBe(403);
  });
});
