import type { ProductFamily } from '@metergate/core/catalog/product-family';
import { startEmulator } from '@metergate/stripe-emulator';
import { startTestApi, type TestApi } from './start-test-api.ts';

const webhookSecret = 'whsec_only_tests_know_this_one';

export interface TestBilling extends TestApi {
  emulatorUrl: string;
  /** Control call of the emulator: faults, clock, settings. */
  emulator(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** Waits until the emulator has delivered its webhooks and the workers are idle. */
  settle(): Promise<void>;
}

/** The application with an emulated Stripe beside it: catalogue published, webhooks arriving signed over HTTP. */
export async function startTestBilling(
  settings: Readonly<Record<string, string>> = {},
  families?: readonly ProductFamily[],
): Promise<TestBilling> {
  const emulator = await startEmulator({ port: 0 });
  const stripe = {
    STRIPE_API_BASE: emulator.url,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    RATE_LIMIT_CHECKOUT: '10000/60/1',
    RATE_LIMIT_PORTAL: '10000/60/1',
    RATE_LIMIT_VOICE_WRITE: '10000/60/1',
  };
  const api = await startTestApi({ ...stripe, ...settings }, families);
  const control = (method: string, path: string, body?: unknown) =>
    callControl(emulator.url, { method, path, body });
  await control('POST', '/webhook_endpoints', {
    url: `${api.url}/api/webhooks/stripe`,
    secret: webhookSecret,
  });
  await api.container.drainUntilIdle();
  return {
    ...api,
    emulatorUrl: emulator.url,
    emulator: control,
    async settle() {
      await untilIdle(control);
      await api.container.drainUntilIdle();
    },
    async stop() {
      await api.stop();
      await emulator.close();
    },
  };
}

async function callControl(
  url: string,
  call: { method: string; path: string; body?: unknown },
): Promise<unknown> {
  const answer = await fetch(`${url}/_emu${call.path}`, {
    method: call.method,
    headers: { 'content-type': 'application/json' },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`emulator answered ${answer.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function untilIdle(control: TestBilling['emulator']): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const state = await control('GET', '/idle');
    if (typeof state === 'object' && state !== null && Reflect.get(state, 'idle') === true) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the emulator did not become idle');
}
