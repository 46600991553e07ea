import { AppError, type Clock } from '@metergate/core';
import Stripe from 'stripe';

/** Stripe's default; never widened. The SDK refuses older stamps only, so the future side is checked here. */
const toleranceSeconds = 300;

/** A header is a few hundred bytes; anything longer is an attack on the parser. */
const maxHeaderLength = 4_096;

/** What the inbox needs to know of an event before anything is applied. */
export interface VerifiedEvent {
  externalId: string;
  type: string;
  apiVersion: string | null;
  isLive: boolean;
  createdAt: Date;
  /** The connected account the event is about; null = our own. */
  account: string | null;
  objectId: string | null;
  stripeCustomerId: string | null;
  payload: Readonly<Record<string, unknown>>;
}

/**
 * Checks the signature over the raw bytes with each secret (several while one is being rotated) and reads the
 * envelope. `clock` is wall-clock time: Stripe signs with it even under a test clock.
 * Throws WEBHOOK_SIGNATURE_INVALID or WEBHOOK_BODY_INVALID; neither says which check failed.
 */
export function verifyWebhook(
  request: { rawBody: Buffer; signature: string | undefined },
  options: { secrets: readonly string[]; clock: Clock },
): VerifiedEvent {
  const { rawBody, signature } = request;
  const secrets = options.secrets.filter((secret) => secret.trim() !== '');
  if (secrets.length === 0) throw new RangeError('a webhook needs a signing secret');
  const nowMs = options.clock.now().getTime();
  if (signature === undefined || signature.length > maxHeaderLength) throw signatureInvalid();
  requireSaneStamp(signature, Math.floor(nowMs / 1000));
  if (!secrets.some((secret) => isSignedWith(secret, { rawBody, signature, nowMs })))
    throw signatureInvalid();
  return readEvent(parseObject(rawBody));
}

function requireSaneStamp(header: string, nowSeconds: number): void {
  const stamps = header.split(',').filter((part) => part.startsWith('t='));
  const stamp = stamps[0]?.slice(2) ?? '';
  if (stamps.length !== 1 || !/^\d{1,12}$/.test(stamp)) throw signatureInvalid();
  if (Number(stamp) - nowSeconds > toleranceSeconds) throw signatureInvalid();
}

function isSignedWith(
  secret: string,
  { rawBody, signature, nowMs }: { rawBody: Buffer; signature: string; nowMs: number },
): boolean {
  const verifier = Stripe.webhooks.signature;
  if (verifier === null) throw new TypeError('this build of the Stripe SDK cannot verify signatures');
  try {
    return verifier.verifyHeader(rawBody, signature, secret, toleranceSeconds, undefined, nowMs);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

/** Reads the envelope of an event that is trusted: its signature was checked, or we fetched it ourselves. */
export function readEvent(event: Readonly<Record<string, unknown>>): VerifiedEvent {
  const { id, type } = event;
  const object = isRecord(event.data) && isRecord(event.data.object) ? event.data.object : null;
  const related = isRecord(event.related_object) ? event.related_object : null;
  if (typeof id !== 'string' || !/^evt_[A-Za-z0-9_]{1,250}$/.test(id)) throw bodyInvalid();
  if (typeof type !== 'string' || type === '' || type.length > 200) throw bodyInvalid();
  const createdAt = readInstant(event.created);
  if (createdAt === null) throw bodyInvalid();
  return {
    externalId: id,
    type,
    apiVersion: typeof event.api_version === 'string' ? event.api_version : null,
    isLive: event.livemode === true,
    createdAt,
    // Thin events say `context` where snapshot events say `account`.
    account: readId(event.account) ?? readId(event.context),
    objectId: readId(object?.id) ?? readId(related?.id),
    stripeCustomerId: object === null ? null : (customerOf(object) ?? previousCustomerOf(event)),
    payload: event,
  };
}

function parseObject(rawBody: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw bodyInvalid();
  }
  if (!isRecord(parsed)) throw bodyInvalid();
  return parsed;
}

/** Snapshot events stamp seconds, thin events RFC 3339 text. */
function readInstant(value: unknown): Date | null {
  const ms = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : NaN;
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) || ms <= 0 ? null : at;
}

function customerOf(object: Readonly<Record<string, unknown>>): string | null {
  if (object.object === 'customer') return readId(object.id);
  if (isRecord(object.customer)) return readId(object.customer.id);
  return readId(object.customer);
}

/** A detached card names its customer only among the values it had before. */
function previousCustomerOf(event: Readonly<Record<string, unknown>>): string | null {
  const before = isRecord(event.data) ? event.data.previous_attributes : null;
  return isRecord(before) ? readId(before.customer) : null;
}

function readId(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function signatureInvalid(): AppError {
  return new AppError({
    code: 'WEBHOOK_SIGNATURE_INVALID',
    kind: 'malformed',
    severity: 'warning',
    message: 'webhook signature refused',
    userMessage: 'The request was not accepted.',
  });
}

function bodyInvalid(): AppError {
  return new AppError({
    code: 'WEBHOOK_BODY_INVALID',
    kind: 'malformed',
    severity: 'warning',
    message: 'webhook body is not an event',
    userMessage: 'The request was not accepted.',
  });
}
