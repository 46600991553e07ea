import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Flow, startFlow } from './flow.ts';

interface Received {
  body: string;
  signature: string;
  tookMs: number;
  atMs: number;
}

describe('failures of webhook deliveries, one by one', () => {
  const received: Received[] = [];
  let status = 200;
  let flow: Flow;
  let stripe: Stripe;
  let endpoint: { id: string; secret: string };
  const receiver = createServer(async (request, response) => {
    const started = Date.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({
      body: Buffer.concat(chunks).toString(),
      signature: String(request.headers['stripe-signature']),
      tookMs: Date.now() - started,
      atMs: Date.now(),
    });
    response.writeHead(status).end();
  });
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z', { webhookRetrySchedule: [20, 20, 20] });
    stripe = flow.stripe;
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    // The server listens on a port, so its address is not a pipe's name.
    const { port } = receiver.address() as AddressInfo;
    const made = await flow.control('POST', '/webhook_endpoints', { url: `http://127.0.0.1:${port}/` });
    endpoint = { id: String(made.id), secret: String(made.secret) };
  });
  afterEach(async () => {
    status = 200;
    await flow.control('DELETE', '/faults');
    received.length = 0;
  });
  afterAll(async () => {
    receiver.close();
    await flow.close();
  });

  const provoke = (webhooks: Record<string, unknown>) => flow.control('POST', '/faults', { webhooks });
  const arrivals = async (least: number) => {
    await expect.poll(() => received.length, { timeout: 3000 }).toBeGreaterThanOrEqual(least);
    await expect.poll(async () => (await flow.control('GET', '/idle')).idle).toBe(true);
    return received;
  };
  const verify = ({ body, signature }: Received, secret = endpoint.secret) =>
    stripe.webhooks.constructEvent(body, signature, secret);

  it('drops a delivery for good', async () => {
    await provoke({ drop: 1 });
    await stripe.products.create({ name: 'P' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(received).toEqual([]);
  });

  it('sends copies of one event', async () => {
    await provoke({ duplicate: 2 });
    await stripe.products.create({ name: 'P' });
    const ids = (await arrivals(3)).map((row) => verify(row).id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it('delays', async () => {
    await provoke({ delayMs: 200 });
    const started = Date.now();
    await stripe.products.create({ name: 'P' });
    expect((await arrivals(1))[0]?.atMs).toBeGreaterThanOrEqual(started + 195);
  });

  it('sends a body slowly', async () => {
    await provoke({ slowMs: 200 });
    await stripe.products.create({ name: 'P' });
    const [row] = await arrivals(1);
    expect(row?.tookMs).toBeGreaterThanOrEqual(100);
    expect(row && verify(row).type).toBe('product.created');
  });

  it('sends a window of events in another order', async () => {
    await provoke({ shuffle: 20 });
    for (let index = 0; index < 20; index++) await stripe.products.create({ name: `P${index}` });
    const names = (await arrivals(20)).map((row) => Reflect.get(verify(row).data.object, 'name'));
    const inOrder = Array.from({ length: 20 }, (_none, index) => `P${index}`);
    expect([...names].sort()).toEqual([...inOrder].sort());
    expect(names).not.toEqual(inOrder);
  });

  it.each([
    { fault: { corruptSignature: true }, message: /signature/i },
    { fault: { wrongSecret: true }, message: /signature/i },
    { fault: { staleSeconds: 301 }, message: /tolerance/i },
  ])('sends what must be refused: $fault', async ({ fault, message }) => {
    await provoke(fault);
    await stripe.products.create({ name: 'P' });
    const [row] = await arrivals(1);
    expect(() => row && verify(row)).toThrow(message);
  });

  it('limits a fault to types of events', async () => {
    await provoke({ drop: 1, types: ['price.created'] });
    await stripe.products.create({ name: 'P', default_price_data: { currency: 'usd', unit_amount: 1 } });
    const seen = (await arrivals(1)).map((row) => verify(row).type);
    expect(seen).toContain('product.created');
    expect(seen).not.toContain('price.created');
  });

  it('retries what is refused, then gives up, then sends it again on demand', async () => {
    status = 500;
    await stripe.products.create({ name: 'P' });
    await arrivals(4);
    const log = await flow.control('GET', '/deliveries?status=failed');
    const [failed] = Array.isArray(log.data) ? log.data : [];
    expect(failed.attempts).toHaveLength(4);
    status = 200;
    received.length = 0;
    await flow.control('POST', `/deliveries/${failed.id}/resend`);
    expect(await arrivals(1)).toHaveLength(1);
  });

  it('signs with the old and the new secret while one is rolled, then with the new one only', async () => {
    const old = endpoint.secret;
    const rolled = await flow.control('POST', `/webhook_endpoints/${endpoint.id}/roll`, {
      overlapSeconds: 1,
    });
    endpoint.secret = String(rolled.secret);
    await stripe.products.create({ name: 'P' });
    const [both] = await arrivals(1);
    if (!both) throw new Error('nothing arrived');
    expect(both.signature.match(/v1=/g)).toHaveLength(2);
    expect(verify(both, old).id).toBe(verify(both).id);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    received.length = 0;
    await stripe.products.create({ name: 'Q' });
    const [after] = await arrivals(1);
    if (!after) throw new Error('nothing arrived');
    expect(after.signature.match(/v1=/g)).toHaveLength(1);
    expect(() => verify(after, old)).toThrow(/signature/i);
    expect(verify(after).type).toBe('product.created');
  });
});
