import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkUrl } from '@metergate/core/webhooks/check-url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEndpointAddresses } from '../../src/webhooks/endpoint-addresses.ts';
import { createSeal } from '../../src/webhooks/seal-secret.ts';
import { createWebhookSender } from '../../src/webhooks/send-request.ts';
import { startReceiver } from './start-receiver.ts';
import { startTestWebhooks, type TestWebhooks } from './start-webhooks.ts';

let api: TestWebhooks;

beforeAll(async () => {
  api = await startTestWebhooks();
});
afterAll(() => api.stop());

const url = 'https://hooks.example.com/metergate';

describe('who may', () => {
  test('members and strangers may not even look; admins may do everything', async () => {
    const member = await api.signUp('member@acme.test');
    const admin = await api.signUp('admin@acme.test');
    const stranger = await api.signUp('stranger@other.test');
    for (const [person, role] of [
      [member, 'member'],
      [admin, 'admin'],
    ] as const) {
      await api.db.owner.query(`insert into members (organization_id, user_id, role) values ($1, $2, $3)`, [
        api.organizationId,
        person.userId,
        role,
      ]);
    }
    expect((await api.call('list', 'query', {}, member.cookie)).status).toBe(403);
    expect((await api.call('create', 'mutation', { url }, member.cookie)).status).toBe(403);
    expect((await api.call('list', 'query', {}, stranger.cookie)).status).toBe(404);
    expect((await api.call('create', 'mutation', { url }, admin.cookie)).status).toBe(200);
  });

  test('an endpoint of another organization does not exist, whichever call names it', async () => {
    const { id } = await api.endpoint(url);
    const other = await api.signUp('owner@other.test');
    await api.addOrganization('other', { [other.userId]: 'owner' });
    const calls: [string, 'query' | 'mutation', object][] = [
      ['get', 'query', {}],
      ['deliveries', 'query', {}],
      ['change', 'mutation', { isEnabled: false }],
      ['rotate', 'mutation', {}],
      ['test', 'mutation', {}],
      ['remove', 'mutation', {}],
      ['resendUndelivered', 'mutation', { since: '2020-01-01T00:00:00Z' }],
    ];
    for (const [path, type, input] of calls) {
      const named = { organization: 'other', endpointId: id, ...input };
      const answer = await api.trpc({ path: `webhooks.${path}`, type, input: named, cookie: other.cookie });
      const isEmptyList = path === 'deliveries' && answer.json?.result?.data.items.length === 0;
      expect(isEmptyList || answer.status === 404, `${path} answered ${answer.status}`).toBe(true);
    }
    expect((await api.call('get', 'query', { endpointId: id })).status).toBe(200);
  });

  test('an endpoint of the platform hears about every organization; only staff reach it', async () => {
    const receiver = await startReceiver();
    const staff = await api.signUp('root@metergate.test', 'super_admin');
    const support = await api.signUp('support@metergate.test', 'support');
    const create = (cookie: string) =>
      api.trpc({ path: 'admin.webhooks.create', type: 'mutation', input: { url: receiver.url }, cookie });
    expect((await create(api.owner.cookie)).status).toBe(403);
    expect((await create(support.cookie)).status).toBe(403);
    const made = await create(staff.cookie);
    expect(made.status).toBe(200);
    const second = await api.addOrganization('second');
    await api.tell('invoice.paid', 'of acme');
    await api.tell('invoice.paid', 'of second', second);
    await api.pass(0);
    expect(receiver.messages.map(({ json }) => json.organization.externalId)).toEqual(['acme', 'second']);
    const { id: endpointId } = made.json.result.data.endpoint;
    const deliveries = await api.trpc({
      path: 'admin.webhooks.deliveries',
      type: 'query',
      input: { endpointId },
      cookie: support.cookie,
    });
    expect(deliveries.json.result.data.items).toHaveLength(2);
    expect((await api.call('get', 'query', { endpointId })).status).toBe(404);
    const sent = { path: 'admin.webhooks.test', type: 'mutation', input: { endpointId } } as const;
    expect((await api.trpc({ ...sent, cookie: staff.cookie })).status).toBe(200);
    await api.pass(0);
    expect(receiver.messages.at(-1)?.json).toMatchObject({ type: 'webhook.test', organization: null });
    const { rows } = await api.db.owner.query(
      `select action from audit_log where organization_id is null and action like 'webhook%'`,
    );
    expect(rows).toEqual([{ action: 'webhook_endpoint.created' }]);
    const removed = { path: 'admin.webhooks.remove', type: 'mutation', input: { endpointId } } as const;
    expect((await api.trpc({ ...removed, cookie: staff.cookie })).status).toBe(200);
    await receiver.close();
  });
});

describe('addresses', () => {
  test.each([
    ['http', 'http://hooks.example.com/x', 'WEBHOOK_URL_INVALID'],
    ['another scheme', 'ftp://hooks.example.com/x', 'WEBHOOK_URL_INVALID'],
    ['no address', 'hooks', 'WEBHOOK_URL_INVALID'],
    ['credentials', 'https://user:word@hooks.example.com/', 'WEBHOOK_URL_INVALID'],
    ['a fragment', 'https://hooks.example.com/#x', 'WEBHOOK_URL_INVALID'],
    ['metadata by number', 'https://2852039166/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['private in hex', 'https://0x0a.1/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['another loopback', 'https://127.0.0.2/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['mapped loopback', 'https://[::ffff:127.0.0.1]/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['unspecified', 'https://0.0.0.0/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['cloud metadata', 'https://169.254.169.254/latest', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['private 10', 'https://10.1.2.3/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['private 172.16', 'https://172.16.0.1/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['private 192.168', 'https://192.168.1.1/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['carrier grade', 'https://100.64.0.1/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['unique local', 'https://[fd00::1]/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['link local', 'https://[fe80::1]/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['a name with a dot at the end', 'https://localhost./', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['an inner name', 'https://vault.internal/', 'WEBHOOK_URL_NOT_PUBLIC'],
    ['a bare name', 'https://intranet/', 'WEBHOOK_URL_NOT_PUBLIC'],
  ])('%s is refused when it is entered', async (_name, address, code) => {
    const answer = await api.call('create', 'mutation', { url: address });
    expect(answer.status).toBe(422);
    expect(answer.json.error.data.code).toBe(code);
  });

  test('without the test seams loopback is refused in every spelling', async () => {
    const addresses = createEndpointAddresses(false);
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', 'localhost', 'localhost.']) {
      const made = checkUrl(addresses, `https://${host}/`);
      await expect(made, host).rejects.toMatchObject({ code: 'WEBHOOK_URL_NOT_PUBLIC' });
    }
    const plain = checkUrl(addresses, 'http://localhost:4000/');
    await expect(plain).rejects.toMatchObject({ code: 'WEBHOOK_URL_INVALID' });
  });

  test('what resolves inward is refused at the connection, and nothing arrives', async () => {
    let hits = 0;
    const canary = createServer((_request, response) => {
      hits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const { port } = canary.address() as AddressInfo;
    const sender = createWebhookSender({ allowsLoopback: false });
    for (const host of ['localhost', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433']) {
      const outcome = await sender.send({ url: `https://${host}:${port}/`, headers: {}, body: '{}' });
      expect(outcome, host).toEqual({ responseStatus: null, error: 'address refused' });
    }
    const plain = await sender.send({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' });
    expect(plain.error).toBe('address refused');
    expect(hits).toBe(0);
    sender.close();
    canary.closeAllConnections();
    await new Promise((resolve) => canary.close(resolve));
  });
});

describe('endpoints', () => {
  test('the eleventh is refused', async () => {
    for (let made = 0; made < 10; made += 1) await api.call('create', 'mutation', { url });
    const answer = await api.call('create', 'mutation', { url });
    expect(answer.status).toBe(409);
    expect(answer.json.error.data.code).toBe('WEBHOOK_ENDPOINTS_TOO_MANY');
  });

  test('secrets are not readable in the database, and open only with the same key', async () => {
    const { rows } = await api.db.owner.query<{ secret_cipher: string }>(
      'select secret_cipher from webhook_endpoints',
    );
    const { secret_cipher: sealed = '' } = rows[0] ?? {};
    expect(sealed).not.toContain('whsec_');
    expect(createSeal(api.container.env.AUTH_SECRET).open(sealed)).toMatch(/^whsec_.{44}$/);
    expect(() => createSeal('another secret that is long enough to be one').open(sealed)).toThrow();
  });

  test('unknown types, unknown fields and wrong forms change nothing', async () => {
    const [first] = (await api.call('list', 'query')).json.result.data;
    const bad = [{ types: ['everything'] }, { url: 42 }, { url: '' }, { description: 'x'.repeat(201) }];
    for (const input of bad) {
      const answer = await api.call('change', 'mutation', { endpointId: first.id, ...input });
      expect(answer.status, JSON.stringify(input)).toBe(400);
    }
    const extra = { endpointId: first.id, secretCipher: 'x', organizationId: 'x', disabledAt: null };
    await api.call('change', 'mutation', extra);
    expect((await api.call('get', 'query', { endpointId: first.id })).json.result.data).toEqual(first);
  });

  test('a disabled endpoint gets nothing and cannot be tested until it is enabled again', async () => {
    const [first] = (await api.call('list', 'query')).json.result.data;
    const off = await api.call('change', 'mutation', { endpointId: first.id, isEnabled: false });
    expect(off.json.result.data.state).toBe('disabled');
    const tested = await api.call('test', 'mutation', { endpointId: first.id });
    expect(tested.json.error.data.code).toBe('WEBHOOK_ENDPOINT_DISABLED');
    const on = await api.call('change', 'mutation', { endpointId: first.id, isEnabled: true });
    expect(on.json.result.data.state).toBe('enabled');
  });

  test('removing one removes its deliveries and leaves an audit row', async () => {
    const [first] = (await api.call('list', 'query')).json.result.data;
    await api.call('test', 'mutation', { endpointId: first.id });
    expect((await api.call('remove', 'mutation', { endpointId: first.id })).status).toBe(200);
    expect((await api.call('remove', 'mutation', { endpointId: first.id })).status).toBe(404);
    const { rows } = await api.db.owner.query(
      `select action from audit_log where organization_id = $1 and action = 'webhook_endpoint.removed'`,
      [api.organizationId],
    );
    expect(rows).toHaveLength(1);
  });
});
