import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Flow, startFlow } from './flow.ts';

interface Reply {
  status: number;
  error: Record<string, unknown>;
}

const VERSION = '2026-10-28.endive';

describe('what is wrong is answered as Stripe answers it', () => {
  let flow: Flow;
  const ids = { customer: '', gone: '', product: '', invoice: '', canceled: '', declined: '' };
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z');
    const { stripe } = flow;
    ids.customer = (await stripe.customers.create({})).id;
    ids.gone = (await stripe.customers.create({})).id;
    await stripe.customers.del(ids.gone);
    ids.product = (await stripe.products.create({ name: 'P' })).id;
    const invoice = await stripe.invoices.create({ customer: ids.customer });
    ids.invoice = (await stripe.invoices.finalizeInvoice(invoice.id)).id;
    const price = await stripe.prices.create({
      product: ids.product,
      currency: 'usd',
      unit_amount: 100,
      recurring: { interval: 'month' },
    });
    const subscription = await stripe.subscriptions.create({
      customer: ids.customer,
      items: [{ price: price.id }],
      collection_method: 'send_invoice',
      days_until_due: 5,
    });
    ids.canceled = (await stripe.subscriptions.cancel(subscription.id)).id;
  });
  afterAll(() => flow.close());

  async function send(method: string, path: string, { body = '', headers = {} } = {}): Promise<Reply> {
    const url = flow.emulator.url + path.replace(/\{(\w+)\}/g, (_all, name) => Reflect.get(ids, name));
    const response = await fetch(url, {
      method,
      headers: { authorization: 'Bearer sk_test_x', 'stripe-version': VERSION, ...headers },
      ...(body === '' ? {} : { body: body.replace(/\{(\w+)\}/g, (_all, name) => Reflect.get(ids, name)) }),
    });
    const answer = JSON.parse(await response.text());
    return { status: response.status, error: answer.error ?? {} };
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };

  it.each([
    { what: 'no key', authorization: '' },
    { what: 'a live key', authorization: 'Bearer sk_live_abc' },
    { what: 'a restricted live key', authorization: 'Bearer rk_live_abc' },
    { what: 'a key of nobody', authorization: 'Bearer nonsense' },
    { what: 'a publishable key', authorization: 'Bearer pk_test_abc' },
    { what: 'a live key in Basic', authorization: `Basic ${Buffer.from('sk_live_abc:').toString('base64')}` },
  ])('refuses $what', async ({ authorization }) => {
    const reply = await send('GET', '/v1/customers', { headers: { authorization } });
    expect(reply).toMatchObject({ status: 401, error: { type: 'invalid_request_error' } });
    expect(JSON.stringify(reply)).not.toContain('sk_live_abc');
  });

  it.each([
    { call: 'POST /v1/products', body: '', code: 'parameter_missing', param: 'name' },
    { call: 'POST /v1/products', body: 'name=', code: 'parameter_invalid_empty', param: 'name' },
    { call: 'POST /v1/products', body: 'name=P&colour=red', code: 'parameter_unknown', param: 'colour' },
    {
      call: 'POST /v1/prices',
      body: 'product={product}&currency=usd&unit_amount=1&recurring[interval]=month&recurring[pace]=2',
      code: 'parameter_unknown',
      param: 'recurring[pace]',
    },
    {
      call: 'POST /v1/prices',
      body: 'product={product}&currency=usd&unit_amount=ten',
      code: 'parameter_invalid_integer',
      param: 'unit_amount',
    },
    {
      call: 'POST /v1/prices',
      body: 'product={product}&currency=usd&unit_amount=1&recurring=monthly',
      param: 'recurring',
    },
    {
      call: 'POST /v1/prices',
      body: 'product={product}&currency=usd&unit_amount=1&recurring[interval]=fortnight',
      param: 'recurring[interval]',
    },
    { call: 'POST /v1/products', body: 'name[a]=1', param: 'name' },
    { call: 'POST /v1/products', body: 'name=P&active=maybe', param: 'active' },
    { call: 'POST /v1/products', body: 'name=P&metadata=text', param: 'metadata' },
    { call: 'POST /v1/subscriptions', body: 'customer={customer}&items=all', param: 'items' },
    {
      call: 'POST /v1/payment_intents',
      body: 'amount=0&currency=usd',
      code: 'parameter_invalid_integer',
      param: 'amount',
    },
    { call: 'GET /v1/customers?limit=0', code: 'parameter_invalid_integer', param: 'limit' },
    { call: 'GET /v1/customers?limit=101', code: 'parameter_invalid_integer', param: 'limit' },
    { call: 'GET /v1/customers?limit=x', code: 'parameter_invalid_integer', param: 'limit' },
    {
      call: "GET /v1/customers/search?query=email:'a'&limit=500",
      code: 'parameter_invalid_integer',
      param: 'limit',
    },
    { call: 'GET /v1/customers/search?query=what', param: 'query' },
    { call: 'GET /v1/customers?expand[]=a.b.c.d.e', param: 'expand' },
    { call: 'POST /v1/invoices/{invoice}/finalize', code: 'invoice_not_editable' },
    { call: 'DELETE /v1/invoices/{invoice}', code: 'invoice_not_editable' },
    {
      call: 'POST /v1/subscriptions/{canceled}',
      body: 'cancel_at_period_end=true',
      code: 'invalid_canceled_subscription_fields',
    },
    {
      call: 'POST /v1/webhook_endpoints',
      body: 'url=nowhere&enabled_events[]=*',
      code: 'url_invalid',
      param: 'url',
    },
  ])('answers 400 to $call $body', async ({ call, body, code, param }) => {
    const [method = '', path = ''] = call.split(' ');
    const { status, error } = await send(method, path, { ...(body ? { body } : {}), headers: form });
    expect({ status, type: error.type, code: error.code, param: error.param }).toEqual({
      status: 400,
      type: 'invalid_request_error',
      code,
      param,
    });
  });

  it.each([
    { call: 'GET /v1/customers/cus_none', param: 'id' },
    { call: 'POST /v1/customers/{gone}', body: 'name=x', param: 'id' },
    { call: 'POST /v1/invoices', body: 'customer={gone}', param: 'customer' },
    { call: 'GET /v1/subscriptions/sub_none', param: 'id' },
    { call: 'DELETE /v1/subscriptions/{canceled}', param: 'id' },
    { call: 'GET /v1/customers?starting_after=cus_none', param: 'starting_after' },
    { call: 'GET /v1/customers?ending_before=cus_none', param: 'ending_before' },
    {
      call: 'POST /v1/payment_methods/pm_card_none/attach',
      body: 'customer={customer}',
      param: 'payment_method',
    },
    {
      call: 'POST /v1/subscriptions',
      body: 'customer={customer}&items[0][price]=price_none',
      param: 'items[0][price]',
    },
    { call: 'GET /v1/events/evt_none', param: 'id' },
  ])('answers resource_missing to $call $body', async ({ call, body, param }) => {
    const [method = '', path = ''] = call.split(' ');
    const { status, error } = await send(method, path, { ...(body ? { body } : {}), headers: form });
    expect({ status, code: error.code, param: error.param }).toEqual({
      status: 404,
      code: 'resource_missing',
      param,
    });
    expect(error.message).toMatch(/^No such /);
  });

  it('names a declined card with its reason in a 402', async () => {
    const { status, error } = await send('POST', '/v1/payment_methods/pm_card_chargeDeclined/attach', {
      body: 'customer={customer}',
      headers: form,
    });
    expect({ status, ...error }).toMatchObject({
      status: 402,
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
    });
  });

  it.each(['{"event_name":', '[1,2]', 'null', 'text'])('refuses the JSON body %s', async (body) => {
    const reply = await send('POST', '/v2/billing/meter_events', { body, headers: json });
    expect(reply).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } });
  });

  it('survives odd forms: nothing leaks into a prototype and nothing breaks the server', async () => {
    for (const body of ['name[__proto__][x]=1', '%E0%A4%A', '[[[[', 'a]b=1', `x${'[y]'.repeat(200)}=1`]) {
      const { status } = await send('POST', '/v1/products', { body, headers: form });
      expect(status).toBe(400);
    }
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });

  it('answers unknown routes and methods in the envelope', async () => {
    expect(await send('GET', '/v1/nothing')).toMatchObject({
      status: 404,
      error: { type: 'invalid_request_error' },
    });
    expect(await send('DELETE', '/v1/customers')).toMatchObject({ status: 404 });
  });

  it('refuses a body that is too large', async () => {
    const { status } = await send('POST', '/v1/products', {
      body: `name=${'x'.repeat(3_000_000)}`,
      headers: form,
    });
    expect(status).toBe(413);
  });
});
