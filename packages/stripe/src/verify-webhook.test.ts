import { FixedClock } from '@metergate/core';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { verifyWebhook } from './verify-webhook.ts';

const secret = 'whsec_test_current';
const now = new Date('2026-11-21T06:00:00Z');
const clock = new FixedClock(now);
const nowSeconds = now.getTime() / 1000;
const event = {
  id: 'evt_1',
  object: 'event',
  type: 'customer.subscription.updated',
  api_version: '2026-10-28.endive',
  created: nowSeconds,
  livemode: false,
  data: { object: { id: 'sub_1', object: 'subscription', customer: 'cus_1' } },
};
const body = JSON.stringify(event);

function sign(payload: string, options: { timestamp?: number; secret?: string } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: options.secret ?? secret,
    timestamp: options.timestamp ?? nowSeconds,
  });
}

function verify(signature: string | undefined, raw = body, secrets = [secret]) {
  return verifyWebhook({ rawBody: Buffer.from(raw), signature }, { secrets, clock });
}

describe('the signature of a webhook', () => {
  test('a signed event is read with its customer and object', () => {
    expect(verify(sign(body))).toMatchObject({
      externalId: 'evt_1',
      type: 'customer.subscription.updated',
      objectId: 'sub_1',
      stripeCustomerId: 'cus_1',
      isLive: false,
      createdAt: now,
    });
  });

  test.each([
    ['is missing', undefined],
    ['has an empty stamp', 't=,v1='],
    ['has no stamp', 'v1=zz'],
    ['is 10 kB of commas', ','.repeat(10_000)],
    ['has two stamps', `t=1,t=${nowSeconds},v1=00`],
    ['has only the old scheme', sign(body).replace('v1=', 'v0=')],
    ['was made with another secret', sign(body, { secret: 'whsec_other' })],
    ['is 301 seconds old', sign(body, { timestamp: nowSeconds - 301 })],
    ['is 301 seconds in the future', sign(body, { timestamp: nowSeconds + 301 })],
  ])('is refused when it %s', (_name, signature) => {
    expect(() => verify(signature)).toThrow(expect.objectContaining({ code: 'WEBHOOK_SIGNATURE_INVALID' }));
  });

  test.each([-299, 299])('is accepted when the stamp is off by %d seconds', (seconds) => {
    expect(verify(sign(body, { timestamp: nowSeconds + seconds })).externalId).toBe('evt_1');
  });

  test('covers the bytes: one changed byte or a re-serialised body is refused', () => {
    const signature = sign(body);
    expect(() => verify(signature, body.replace('sub_1', 'sub_2'))).toThrow();
    expect(() => verify(signature, JSON.stringify(event, null, 1))).toThrow();
  });

  test('is accepted with either secret while one is being rotated, and not with the old one after that', () => {
    const signature = sign(body, { secret: 'whsec_old' });
    expect(verify(signature, body, [secret, 'whsec_old']).externalId).toBe('evt_1');
    expect(() => verify(signature, body, [secret])).toThrow();
  });

  test('with two v1 parts one valid part is enough', () => {
    const valid = sign(body);
    expect(verify(valid.replace('v1=', `v1=${'0'.repeat(64)},v1=`)).externalId).toBe('evt_1');
  });

  test.each(['null', '[]', '"x"', '{', '{}', `${'['.repeat(1000)}${']'.repeat(1000)}`])(
    'a signed body that is no event is refused: %.20s',
    (raw) => {
      expect(() => verify(sign(raw), raw)).toThrow(expect.objectContaining({ code: 'WEBHOOK_BODY_INVALID' }));
    },
  );

  test('no secret at all is a mistake of ours, not an open door', () => {
    expect(() => verify(sign(body), body, ['', ' '])).toThrow(RangeError);
  });
});
