import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Flow, startFlow } from './flow.ts';

describe('failures of the API, seen by the real SDK', () => {
  let flow: Flow;
  let patient: Stripe;
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z');
    const address = { host: '127.0.0.1', port: flow.emulator.port, protocol: 'http' } as const;
    patient = new Stripe('sk_test_x', { ...address, maxNetworkRetries: 2, telemetry: false });
  });
  afterEach(() => flow.control('DELETE', '/faults'));
  afterAll(() => flow.close());

  const provoke = (rule: Record<string, unknown>) =>
    flow.control('POST', '/faults', { api: [{ route: 'POST /v1/customers', ...rule }] });
  const count = async (email: string) => (await flow.stripe.customers.list({ email })).data.length;

  it('says why it limits the rate, and the SDK does not retry', async () => {
    await provoke({ kind: 'rate_limit', reason: 'endpoint-rate' });
    const failure = await patient.customers.create({ email: 'rate@x.io' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(failure).toMatchObject({ code: 'rate_limit', statusCode: 429 });
    expect(failure).toHaveProperty(['headers', 'stripe-rate-limited-reason'], 'endpoint-rate');
    expect(await count('rate@x.io')).toBe(0);
  });

  it.each([
    { kind: 'error_500', when: 'before', left: 1 },
    { kind: 'lock_timeout', when: 'before', left: 1 },
    { kind: 'conflict', when: 'before', left: 1 },
    { kind: 'drop', when: 'before', left: 1 },
    { kind: 'drop', when: 'after', left: 1 },
    { kind: 'outage', when: 'before', left: 1 },
  ])('is survived by retries with one key: $kind $when the work', async ({ kind, when, left }) => {
    const email = `${kind}-${when}@x.io`;
    await provoke({ kind, when, times: 1 });
    const customer = await patient.customers.create({ email });
    expect(customer.email).toBe(email);
    expect(await count(email)).toBe(left);
  });

  it('keeps a 500 after the work for its key; another key would do the work twice', async () => {
    const email = 'after@x.io';
    await provoke({ kind: 'error_500', when: 'after', times: 1 });
    const idempotencyKey = 'order-1';
    const attempt = () => patient.customers.create({ email }, { idempotencyKey });
    await expect(attempt()).rejects.toBeInstanceOf(Stripe.errors.StripeAPIError);
    await expect(attempt()).rejects.toMatchObject({ statusCode: 500 });
    expect(await count(email)).toBe(1);
    await patient.customers.create({ email });
    expect(await count(email)).toBe(2);
  });

  it('fails for as long as an outage lasts', async () => {
    await flow.control('POST', '/faults', { api: [{ kind: 'outage' }] });
    await expect(flow.stripe.customers.list()).rejects.toBeInstanceOf(Stripe.errors.StripeAPIError);
    await expect(flow.stripe.products.list()).rejects.toMatchObject({ statusCode: 503 });
    await flow.control('DELETE', '/faults');
    await expect(flow.stripe.products.list()).resolves.toBeDefined();
  });

  it('answers late when told to, for one route only', async () => {
    await provoke({ kind: 'latency', latencyMs: 600 });
    const started = performance.now();
    await flow.stripe.customers.create({});
    expect(performance.now() - started).toBeGreaterThanOrEqual(595);
    const other = performance.now();
    await flow.stripe.products.list();
    expect(performance.now() - other).toBeLessThan(595);
  });

  it('tells the second of two simultaneous calls with one key to come back', async () => {
    await provoke({ kind: 'latency', latencyMs: 1500, times: 1 });
    const idempotencyKey = 'same-time';
    const first = flow.stripe.customers.create({ email: 'both@x.io' }, { idempotencyKey });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const second = flow.stripe.customers.create({ email: 'both@x.io' }, { idempotencyKey });
    await expect(second).rejects.toMatchObject({
      statusCode: 409,
      rawType: 'idempotency_error',
      code: 'idempotency_key_in_use',
    });
    const { id } = await first;
    const again = await patient.customers.create({ email: 'both@x.io' }, { idempotencyKey });
    expect(again.id).toBe(id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    await expect(
      flow.stripe.customers.create({ email: 'other@x.io' }, { idempotencyKey }),
    ).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    await expect(flow.stripe.customers.create({}, { idempotencyKey: 'x'.repeat(256) })).rejects.toMatchObject(
      { statusCode: 400 },
    );
  });

  it('does not remember what never ran', async () => {
    const idempotencyKey = 'invalid-first';
    const wrong: Record<string, string> = { colour: 'red' };
    await expect(flow.stripe.customers.create(wrong, { idempotencyKey })).rejects.toMatchObject({
      code: 'parameter_unknown',
    });
    await expect(flow.stripe.customers.create({}, { idempotencyKey })).resolves.toBeDefined();
  });
});
