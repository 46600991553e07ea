import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayer, DAY, type Flow, startFlow } from './flow.ts';

interface Notice {
  body: string;
  signature: string;
}

describe('thin events and meter events', () => {
  const notices: Notice[] = [];
  let flow: Flow;
  let stripe: Stripe;
  let receiver: Server;
  let secret = '';
  let destination: Stripe.V2.Core.EventDestination;
  beforeAll(async () => {
    flow = await startFlow('2026-03-01T00:00:00Z');
    stripe = flow.stripe;
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const signature = String(request.headers['stripe-signature']);
        notices.push({ body: Buffer.concat(chunks).toString(), signature });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    // The server listens on a port, so its address is not a pipe's name.
    const { port } = receiver.address() as AddressInfo;
    destination = await stripe.v2.core.eventDestinations.create({
      name: 'meter errors',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found'],
      webhook_endpoint: { url: `http://127.0.0.1:${port}/thin` },
      include: ['webhook_endpoint.signing_secret'],
    });
    secret = destination.webhook_endpoint?.signing_secret ?? '';
  });
  afterAll(async () => {
    await flow.close();
    receiver.close();
  });

  async function nextNotice(): Promise<Notice> {
    const until = Date.now() + 3000;
    while (notices.length === 0 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const notice = notices.shift();
    if (!notice) throw new Error('no thin event arrived');
    return notice;
  }

  const meterOf = (event_name: string) =>
    stripe.billing.meters.create({
      display_name: event_name,
      event_name,
      default_aggregation: { formula: 'sum' },
    });

  async function usage(meter: string, customer: string) {
    const start = Math.floor(Date.parse('2026-02-01T00:00:00Z') / 1000);
    const { data } = await stripe.billing.meters.listEventSummaries(meter, {
      customer,
      start_time: start,
      end_time: start + 60 * DAY,
    });
    return data[0]?.aggregated_value ?? 0;
  }

  it('sends what happens to objects of version 1 as thin events too, to those who asked for it', async () => {
    const thin = await stripe.v2.core.eventDestinations.update(destination.id, {
      enabled_events: [...destination.enabled_events, 'v1.customer.created'],
    });
    expect(thin.enabled_events).toContain('v1.customer.created');
    const customer = await stripe.customers.create({ name: 'Thin' });
    await stripe.products.create({ name: 'Nobody asked for it' });
    const notice = await nextNotice();
    const event = stripe.parseEventNotification(notice.body, notice.signature, secret);
    expect(event.type).toBe('v1.customer.created');
    expect(Object(event).related_object.id).toBe(customer.id);
    const read = await stripe.rawRequest('GET', `/v1/customers/${customer.id}`);
    expect(Reflect.get(read, 'name')).toBe('Thin');
    expect(notices).toEqual([]);
  });

  it('delivers a signed notice about an unknown customer; the details are fetched', async () => {
    const meter = await meterOf('calls');
    await stripe.billing.meterEvents.create({
      event_name: 'calls',
      payload: { stripe_customer_id: 'cus_nobody', value: '1' },
      identifier: 'call_1',
    });
    const { body, signature } = await nextNotice();
    expect(body).not.toContain('cus_nobody');
    const notification = stripe.parseEventNotification(body, signature, secret);
    if (notification.type !== 'v1.billing.meter.error_report_triggered') throw new Error(notification.type);
    expect(notification.related_object?.id).toBe(meter.id);
    const event = await notification.fetchEvent();
    expect(JSON.stringify(event.data)).toContain('meter_event_customer_not_found');
    expect(JSON.stringify(event.data)).toContain('call_1');
    expect((await notification.fetchRelatedObject())?.id).toBe(meter.id);
    expect(() => stripe.parseEventNotification(body, signature, 'whsec_other')).toThrow(/signature/i);
  });

  it('delivers a notice about an event that no meter takes, also from the streaming API', async () => {
    const session = await stripe.v2.billing.meterEventSession.create();
    expect(session.authentication_token).toMatch(/^mes_test_/);
    await stripe.v2.billing.meterEvents.create({
      event_name: 'unheard_of',
      payload: { stripe_customer_id: 'cus_x', value: '1' },
    });
    const { body, signature } = await nextNotice();
    const notification = stripe.parseEventNotification(body, signature, secret);
    expect(notification.type).toBe('v1.billing.meter.no_meter_found');
    const listed = await stripe.v2.core.events.retrieve(notification.id);
    expect(listed.type).toBe('v1.billing.meter.no_meter_found');
  });

  it('pings, pauses and deletes a destination, which snapshot endpoints do not list', async () => {
    expect((await stripe.v2.core.eventDestinations.ping(destination.id)).type).toContain('ping');
    await nextNotice();
    expect((await stripe.v2.core.eventDestinations.disable(destination.id)).status).toBe('disabled');
    await stripe.billing.meterEvents.create({ event_name: 'unheard_of', payload: { value: '1' } });
    expect((await stripe.v2.core.eventDestinations.enable(destination.id)).status).toBe('enabled');
    const all = await stripe.v2.core.eventDestinations.list();
    expect(all.data.map(({ id }) => id)).toEqual([destination.id]);
    expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('counts an identifier once a day, again on the next, and takes recent events back', async () => {
    const meter = await meterOf('tokens');
    const customer = await createPayer(stripe);
    const send = (identifier: string, value: string) =>
      stripe.billing.meterEvents.create({
        event_name: 'tokens',
        payload: { stripe_customer_id: customer.id, value },
        identifier,
      });
    await send('a', '5');
    await expect(send('a', '5')).rejects.toMatchObject({ statusCode: 400, param: 'identifier' });
    await flow.advance(DAY);
    await send('a', '7');
    await send('b', '100.5');
    expect(await usage(meter.id, customer.id)).toBe(112.5);
    const undo = (identifier: string) =>
      stripe.billing.meterEventAdjustments.create({
        event_name: 'tokens',
        type: 'cancel',
        cancel: { identifier },
      });
    expect((await undo('b')).status).toBe('complete');
    expect(await usage(meter.id, customer.id)).toBe(12);
    await flow.advance(DAY + 1);
    await expect(undo('a')).rejects.toMatchObject({ statusCode: 400, param: 'cancel[identifier]' });
    await expect(
      stripe.billing.meterEvents.create({
        event_name: 'tokens',
        payload: { stripe_customer_id: customer.id, value: '1' },
        timestamp: Math.floor(Date.parse('2026-01-01T00:00:00Z') / 1000),
      }),
    ).rejects.toMatchObject({ param: 'timestamp' });
  });
});
