import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { verifyWebhook, WebhookError } from './verify-webhook.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const id = 'msg_0190a1b2c3d4e5f60718293a4b5c6d7e';
const body = JSON.stringify({
  id,
  type: 'invoice.paid',
  timestamp: '2027-01-01T00:00:00Z',
  data: { text: 'Ä 汉' },
});

/** Signed by the reference library, so that both cannot share one misunderstanding. */
function signed(at = new Date(), signWith = secret, payload = body): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(signWith).sign(id, at, payload),
  };
}

const secondsFromNow = (seconds: number) => new Date(Date.now() + seconds * 1000);

test('a message that the reference library signed is believed, as text, as bytes and with a Headers object', async () => {
  const headers = signed();
  expect(await verifyWebhook(body, headers, secret)).toMatchObject({ id, type: 'invoice.paid' });
  expect(await verifyWebhook(new TextEncoder().encode(body), headers, secret)).toMatchObject({ id });
  expect(await verifyWebhook(body, new Headers(headers), secret)).toMatchObject({ id });
  const nodeHeaders = {
    'Webhook-Id': headers['webhook-id'],
    ...headers,
    host: 'x',
    'set-cookie': ['a', 'b'],
  };
  expect(await verifyWebhook(body, nodeHeaders, secret)).toMatchObject({ id });
});

test('while a secret is replaced either of the two signatures is enough', async () => {
  const old = `whsec_${randomBytes(32).toString('base64')}`;
  const at = new Date();
  const both = `${signed(at)['webhook-signature']} ${signed(at, old)['webhook-signature']}`;
  const headers = { ...signed(at), 'webhook-signature': both };
  await expect(verifyWebhook(body, headers, secret)).resolves.toBeDefined();
  await expect(verifyWebhook(body, headers, old)).resolves.toBeDefined();
});

describe('is not believed', () => {
  test.each([
    ['another body', () => ({ payload: body.replace('paid', 'void') }), 'SIGNATURE_WRONG'],
    ['the same JSON written differently', () => ({ payload: `${body} ` }), 'SIGNATURE_WRONG'],
    ['another id', () => ({ headers: { ...signed(), 'webhook-id': 'msg_other' } }), 'SIGNATURE_WRONG'],
    [
      'another secret',
      () => ({ headers: signed(new Date(), `whsec_${btoa('x'.repeat(32))}`) }),
      'SIGNATURE_WRONG',
    ],
    ['301 seconds old', () => ({ headers: signed(secondsFromNow(-302)) }), 'TIMESTAMP_TOO_OLD'],
    ['301 seconds ahead', () => ({ headers: signed(secondsFromNow(302)) }), 'TIMESTAMP_TOO_NEW'],
    ['no headers', () => ({ headers: {} }), 'HEADERS_MISSING'],
    [
      'a time that is no number',
      () => ({ headers: { ...signed(), 'webhook-timestamp': '1e9' } }),
      'TIMESTAMP_TOO_OLD',
    ],
    [
      'another scheme',
      () => ({ headers: { ...signed(), 'webhook-signature': 'v0,AAAA' } }),
      'SIGNATURE_WRONG',
    ],
    [
      'garbage',
      () => ({ headers: { ...signed(), 'webhook-signature': 'v1,%%% ,,, v1' } }),
      'SIGNATURE_WRONG',
    ],
    ['an empty secret', () => ({ secret: 'whsec_' }), 'SECRET_INVALID'],
    ['a secret that is no base64', () => ({ secret: 'whsec_%' }), 'SECRET_INVALID'],
  ])('%s', async (_name, change, code) => {
    const message = { payload: body, headers: signed(), secret, ...change() };
    const verified = verifyWebhook(message.payload, message.headers, message.secret);
    await expect(verified).rejects.toThrow(WebhookError);
    await expect(verified).rejects.toMatchObject({ code });
  });
});

test('299 seconds old is still believed', async () => {
  await expect(verifyWebhook(body, signed(secondsFromNow(-299)), secret)).resolves.toBeDefined();
});
