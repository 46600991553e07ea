import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { startEmulator } from '../src/index.ts';

/** An emulator with an endpoint that checks the signature of what it is sent. */
export interface Station {
  url: string;
  /** Forgets all objects and deliveries, so that the next event can only come from the next call. */
  reset(): Promise<void>;
  hasDelivered(type: string): Promise<boolean>;
  events(): Promise<Stripe.Event[]>;
  close(): Promise<void>;
}

const WAIT_MS = 8_000;

export async function openStation(): Promise<Station> {
  const emulator = await startEmulator({ port: 0, validate: true });
  const address = { host: '127.0.0.1', port: emulator.port, protocol: 'http' } as const;
  const stripe = new Stripe('sk_test_station_0123', address);
  const delivered = new Set<string>();
  let secret = '';
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = String(request.headers['stripe-signature']);
      delivered.add(stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, secret).type);
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  // The server listens on a port, so its address is not a pipe's name.
  const { port } = receiver.address() as AddressInfo;
  const endpoint = await stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${port}/hook`,
    enabled_events: ['*'],
  });
  secret = endpoint.secret ?? '';
  return {
    url: emulator.url,
    reset: async () => {
      await fetch(`${emulator.url}/_emu/reset`, { method: 'POST' });
      delivered.clear();
    },
    hasDelivered: async (type) => {
      const until = Date.now() + WAIT_MS;
      while (!delivered.has(type) && Date.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 25));
      return delivered.has(type);
    },
    events: () => stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 }),
    close: async () => {
      await emulator.close();
      receiver.close();
    },
  };
}
