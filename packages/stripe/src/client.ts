import { AppError } from '@metergate/core';
import Stripe from 'stripe';

/** Object shapes are those of this version; the webhook endpoint is made with the same one. */
export const stripeApiVersion = '2026-10-28.endive';

export interface StripeClientOptions {
  apiKey: string;
  /** null = Stripe itself; otherwise the address of an emulator, for example `http://127.0.0.1:4010`. */
  apiBase: string | null;
  /** Interactive calls answer within five seconds all retries included, so one attempt gets less. */
  timeoutMs?: number;
  maxNetworkRetries?: number;
}

/** Refuses to send a live key anywhere but to Stripe, and anything but to this machine without TLS. */
export function createStripeClient(options: StripeClientOptions): Stripe {
  const { apiKey, apiBase, timeoutMs = 2_000, maxNetworkRetries = 1 } = options;
  if (apiKey.trim() === '') throw clientRefused('the secret key is empty');
  const address = apiBase === null ? null : parseBase(apiBase, apiKey);
  return new Stripe(apiKey, {
    apiVersion: stripeApiVersion,
    timeout: timeoutMs,
    maxNetworkRetries,
    telemetry: false,
    ...(address ?? {}),
  });
}

/** True when the key belongs to live mode; events of the other mode are ignored. */
export function isLiveKey(apiKey: string): boolean {
  return apiKey.startsWith('sk_live_') || apiKey.startsWith('rk_live_');
}

function parseBase(apiBase: string, apiKey: string) {
  if (isLiveKey(apiKey)) throw clientRefused('a live key is used with another host');
  const url = new URL(apiBase);
  const protocol = url.protocol === 'https:' ? ('https' as const) : ('http' as const);
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (protocol === 'http' && !isLoopback) throw clientRefused('plain http leaves this machine');
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
  return { host: url.hostname, port, protocol };
}

function clientRefused(message: string): AppError {
  return new AppError({
    code: 'STRIPE_SETTINGS_REFUSED',
    kind: 'internal',
    severity: 'critical',
    message: `Stripe client refused: ${message}`,
    userMessage: 'The payment settings of this installation are not valid.',
  });
}
