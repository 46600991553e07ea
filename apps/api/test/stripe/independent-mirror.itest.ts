import { type Emulator, startEmulator } from '@metergate/stripe-emulator';
import { createTestDatabase, type TestDatabase } from '@metergate/testing';
import type { StripeSync } from '@supabase/stripe-sync-engine';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareMirror } from './independent-mirror/compare-mirror.ts';
import { liveFourteenMonths } from './independent-mirror/fourteen-months.ts';
import { HANDLED_EVENTS, startEngine } from './independent-mirror/sync-engine.ts';
import { openWebhookQueue, type WebhookQueue } from './independent-mirror/webhook-queue.ts';

/** A counter that moves with every finalized invoice and has no event of its own. */
const SILENT = /^customers .*\.next_invoice_sequence:/;

/**
 * Somebody else's client of Stripe mirrors the emulator into PostgreSQL: one database is fed by signed webhooks all
 * along, another one by lists at the end. Both must then say what Stripe says.
 */
describe('a published sync engine that knows nothing of the emulator', () => {
  let emulator: Emulator;
  let stripe: Stripe;
  let queue: WebhookQueue;
  let byWebhooks: { base: TestDatabase; engine: StripeSync };
  let byLists: { base: TestDatabase; engine: StripeSync };
  let secret = '';
  const control = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return JSON.parse(await (await fetch(`${emulator.url}/_emu${path}`, init)).text());
  };
  const read = async (path: string): Promise<Record<string, unknown> | null> => {
    const headers = { authorization: 'Bearer sk_test_mirror' };
    const response = await fetch(`${emulator.url}${path}`, { headers });
    const object = JSON.parse(await response.text());
    return response.ok && object.deleted !== true ? object : null;
  };

  beforeAll(async () => {
    // The far future: the engine compares an event's time with the machine's clock. 2036 has a leap February.
    emulator = await startEmulator({ port: 0, now: new Date('2035-12-31T09:00:00Z') });
    const address = { host: '127.0.0.1', port: emulator.port, protocol: 'http' } as const;
    stripe = new Stripe('sk_test_mirror', { ...address, telemetry: false });
    queue = await openWebhookQueue((body, signature) => byWebhooks.engine.processWebhook(body, signature));
    const endpoint = await stripe.webhookEndpoints.create({
      url: queue.url,
      // The engine's list is of its own making; the SDK wants its literals.
      enabled_events: HANDLED_EVENTS as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
    });
    secret = endpoint.secret ?? '';
    const open = async () => {
      const base = await createTestDatabase();
      return { base, engine: await startEngine(base, { address, webhookSecret: secret }) };
    };
    byWebhooks = await open();
    byLists = await open();
  });
  afterAll(async () => {
    for (const { engine, base } of [byWebhooks, byLists]) {
      await engine.close();
      await base.dispose();
    }
    queue.close();
    await emulator.close();
  });

  const settle = async () => {
    const isIdle = async () => (await control('GET', '/idle')).idle;
    await expect.poll(isIdle, { timeout: 60_000, interval: 20 }).toBe(true);
  };

  it('agrees in every field after fourteen months, by webhooks as by lists', async () => {
    await liveFourteenMonths({
      stripe,
      now: async () => Date.parse((await control('GET', '/clock')).now) / 1000,
      advance: async (seconds) => {
        await settle();
        await control('POST', '/clock', { advanceSeconds: seconds });
        await settle();
      },
    });
    await settle();
    await byLists.engine.syncBackfill({ object: 'all' });
    const hooks = await compareMirror(byWebhooks.base.owner, read);
    const lists = await compareMirror(byLists.base.owner, read);
    process.stdout.write(
      `independent mirror: ${queue.handled()} webhooks; ${hooks.objects} objects, ${hooks.fields} fields by webhooks; ` +
        `${lists.objects} objects, ${lists.fields} fields by lists\n`,
    );
    expect(queue.refused).toEqual([]);
    expect(lists.differences).toEqual([]);
    expect(hooks.differences.filter((line) => !SILENT.test(line))).toEqual([]);
    for (const [table, ids] of lists.ids) {
      // The engine has no list of invoice payments.
      if (table !== 'invoice_payments') expect([table, hooks.ids.get(table)]).toEqual([table, ids]);
    }
    expect(hooks.objects).toBeGreaterThan(400);
  }, 120_000);
});
