import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Receiver, startReceiver } from './start-receiver.ts';
import { startTestWebhooks, type TestWebhooks } from './start-webhooks.ts';

let api: TestWebhooks;
let receiver: Receiver;

beforeAll(async () => {
  api = await startTestWebhooks();
});
afterAll(() => api.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  await api.db.owner.query('delete from webhook_endpoints');
  await api.db.owner.query('delete from webhook_messages');
});

const headersOf = (message: Receiver['messages'][number] | undefined) =>
  Object.fromEntries(Object.entries(message?.headers ?? {}).map(([name, value]) => [name, String(value)]));

const hour = 3_600;

test('a message arrives in the form of the Standard Webhooks, signed with the secret that was shown', async () => {
  const { secret } = await api.endpoint(receiver.url);
  await api.tell('invoice.paid', 'one');
  await api.pass(0);
  const [message] = receiver.messages;
  expect(new Webhook(secret).verify(message?.body ?? '', headersOf(message))).toMatchObject({
    type: 'invoice.paid',
    organization: { externalId: 'acme' },
    data: { fact: 'one' },
  });
  expect(message?.headers['webhook-id']).toBe(message?.json.id);
  expect(message?.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
});

test('a changed byte, another secret, and a message of six minutes ago are refused by the signature', async () => {
  const { secret } = await api.endpoint(receiver.url);
  await api.tell('invoice.paid', 'one');
  await api.pass(0);
  const [message] = receiver.messages;
  const headers = headersOf(message);
  const body = message?.body ?? '';
  expect(() => new Webhook(secret).verify(body.replace('one', 'two'), headers)).toThrow();
  expect(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(body, headers)).toThrow();
  const old = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 360) };
  expect(() => new Webhook(secret).verify(body, old)).toThrow();
});

test('the same fact twice is one message, and what rolls back is none', async () => {
  await api.endpoint(receiver.url);
  await api.tell('invoice.paid', 'twice');
  await api.tell('invoice.paid', 'twice');
  const { organizationId, container } = api;
  const message = {
    organizationId,
    type: 'invoice.paid' as const,
    fact: 'never',
    data: {},
    occurredAt: container.clock.now(),
  };
  await expect(
    container.unitOfWork.run(organizationId, async (tx) => {
      await tx.messages.add(message);
      throw new Error('the fact did not happen after all');
    }),
  ).rejects.toThrow('did not happen');
  await api.pass(0);
  expect(receiver.messages).toHaveLength(1);
});

test('an endpoint gets the types it chose, one without a choice gets all, in the order of the facts', async () => {
  const picky = await startReceiver();
  await api.endpoint(receiver.url);
  await api.endpoint(picky.url, ['limit.blocked']);
  await api.tell('invoice.finalized', 'a');
  await api.tell('limit.blocked', 'b');
  await api.tell('invoice.paid', 'c');
  await api.pass(0);
  expect(receiver.types()).toEqual(['invoice.finalized', 'limit.blocked', 'invoice.paid']);
  expect(picky.types()).toEqual(['limit.blocked']);
  await picky.close();
});

test('a message that fails comes again later under the same id, until it is taken', async () => {
  await api.endpoint(receiver.url);
  receiver.answerWith(500);
  await api.tell('invoice.paid', 'one');
  await api.pass(0);
  expect(receiver.messages).toHaveLength(1);
  await api.pass(5);
  expect(receiver.messages).toHaveLength(2);
  // The next one comes after a minute; business time also goes on by itself, so this is far from it.
  await api.pass(5);
  expect(receiver.messages).toHaveLength(2);
  receiver.answerWith(200);
  await api.pass(60);
  await api.pass(24 * hour);
  expect(receiver.messages).toHaveLength(3);
  expect(new Set(receiver.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(receiver.messages.map(({ body }) => body)).size).toBe(1);
});

test('after three days without a success the endpoint is disabled with one mail; what it missed can be sent again', async () => {
  const { id } = await api.endpoint(receiver.url);
  receiver.answerWith(503);
  const since = api.container.clock.now().toISOString();
  await api.tell('invoice.paid', 'during');
  for (let passed = 0; passed < 80; passed += 6) await api.pass(6 * hour);
  const disabled = await api.call('get', 'query', { endpointId: id });
  expect(disabled.json.result.data).toMatchObject({ state: 'disabled_failing' });
  const { rows } = await api.db.owner.query(
    `select to_address, subject from emails where template = 'webhook_disabled'`,
  );
  expect(rows).toEqual([{ to_address: 'acme@example.test', subject: expect.stringContaining('disabled') }]);
  const tried = receiver.messages.length;
  expect(tried).toBeGreaterThan(6);

  await api.tell('invoice.paid', 'while disabled');
  await api.pass(hour);
  expect(receiver.messages).toHaveLength(tried);

  receiver.answerWith(200);
  await api.call('change', 'mutation', { endpointId: id, isEnabled: true });
  const again = await api.call('resendUndelivered', 'mutation', { endpointId: id, since });
  expect(again.json.result.data).toEqual({ count: 2 });
  expect(
    (await api.call('resendUndelivered', 'mutation', { endpointId: id, since })).json.result.data,
  ).toEqual({ count: 0 });
  await api.pass(0);
  expect(receiver.messages.slice(tried).map(({ json }) => json.data.fact)).toEqual([
    'during',
    'while disabled',
  ]);
});

test('for 24 hours after a rotation both secrets sign, then only the new one', async () => {
  const { id, secret: old } = await api.endpoint(receiver.url);
  const rotated = await api.call('rotate', 'mutation', { endpointId: id });
  const { secret: fresh } = rotated.json.result.data;
  await api.tell('invoice.paid', 'early');
  await api.pass(0);
  const [early] = receiver.messages;
  for (const secret of [old, fresh]) {
    expect(() => new Webhook(secret).verify(early?.body ?? '', headersOf(early))).not.toThrow();
  }
  await api.pass(24 * hour);
  await api.tell('invoice.paid', 'late');
  await api.pass(0);
  const late = receiver.messages.at(-1);
  expect(() => new Webhook(fresh).verify(late?.body ?? '', headersOf(late))).not.toThrow();
  expect(() => new Webhook(old).verify(late?.body ?? '', headersOf(late))).toThrow();
});

test('an endpoint that never answers keeps nobody else waiting', async () => {
  const hanging = await startReceiver();
  hanging.answerWith(() => undefined);
  await api.endpoint(hanging.url);
  await api.endpoint(receiver.url);
  await api.tell('invoice.paid', 'one');
  const drained = api.container.drainUntilIdle();
  await expect.poll(() => receiver.messages.length, { timeout: 9_000 }).toBe(1);
  await hanging.close();
  await drained;
});

test('a redirect is a failure and is not followed', async () => {
  const { id } = await api.endpoint(receiver.url);
  const target = await startReceiver();
  receiver.answerWith((response) => response.writeHead(302, { location: target.url }).end());
  await api.tell('invoice.paid', 'one');
  await api.pass(0);
  const { json } = await api.call('deliveries', 'query', { endpointId: id });
  expect(json.result.data.items).toMatchObject([
    { status: 'pending', responseStatus: 302, error: 'redirect not followed' },
  ]);
  expect(target.messages).toEqual([]);
  await target.close();
});

test('the log shows every attempt and the request, never what the endpoint answered', async () => {
  const { id } = await api.endpoint(receiver.url);
  receiver.answerWith((response) => response.writeHead(500).end('internal words of the receiver'));
  await api.tell('invoice.paid', 'one');
  await api.pass(0);
  receiver.answerWith(200);
  await api.pass(5);
  const list = await api.call('deliveries', 'query', { endpointId: id });
  const [delivery] = list.json.result.data.items;
  expect(delivery).toMatchObject({ status: 'delivered', attempts: 2, responseStatus: 200, error: null });
  const detail = await api.call('delivery', 'query', { deliveryId: delivery.id });
  expect(detail.json.result.data.body).toBe(receiver.messages[0]?.body);
  expect(detail.json.result.data.log).toMatchObject([
    { attempt: 1, responseStatus: 500, error: 'answered 500' },
    { attempt: 2, responseStatus: 200, error: null },
  ]);
  expect(detail.text).not.toContain('internal words');
});

test('a worker that dies between sending and writing leaves the message to the next one, under the same id', async () => {
  await api.endpoint(receiver.url);
  await api.tell('invoice.paid', 'one');
  await api.container.drainUntilIdle();
  // What a worker killed in that moment leaves behind: an attempt nobody recorded, and a lease that runs out.
  await api.db.owner.query(`delete from webhook_attempts`);
  await api.db.owner.query(
    `update webhook_deliveries set status = 'pending', attempts = 0, delivered_at = null`,
  );
  await api.db.owner.query(
    `update webhook_endpoints set leased_by = 'dead worker', lease_until = now() + interval '1 second'`,
  );
  await api.container.drainUntilIdle();
  expect(receiver.messages).toHaveLength(1);
  await expect
    .poll(
      async () => {
        await api.container.drainUntilIdle();
        return receiver.messages.length;
      },
      { timeout: 5_000 },
    )
    .toBe(2);
  expect(receiver.messages[0]?.headers['webhook-id']).toBe(receiver.messages[1]?.headers['webhook-id']);
});
