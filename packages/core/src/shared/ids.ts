import { AppError } from './app-error.ts';

/** Prefix on the wire → what the id names. In the database ids are bare UUIDs (version 7). */
export const idPrefixes = {
  organization: 'org',
  client: 'cli',
  invitation: 'invt',
  apiKey: 'key',
  subscription: 'sub',
  quote: 'quo',
  checkout: 'chk',
  invoice: 'inv',
  invoiceLine: 'line',
  creditNote: 'cn',
  paymentMethod: 'pm',
  reservation: 'res',
  receipt: 'rcp',
  override: 'ovr',
  inboundEvent: 'evt',
  outboxMessage: 'out',
  driftFinding: 'drf',
  usageReport: 'urp',
  bulkRun: 'blk',
  dispute: 'dsp',
  viewAs: 'va',
  webhookEndpoint: 'whe',
  webhookMessage: 'msg',
  webhookDelivery: 'whd',
} as const;

export type IdKind = keyof typeof idPrefixes;

declare const brand: unique symbol;
/** A bare UUID that names one kind of thing; mixing kinds does not compile. */
export type Id<K extends IdKind> = string & { readonly [brand]: K };

export type OrganizationId = Id<'organization'>;
export type ClientId = Id<'client'>;
export type SubscriptionId = Id<'subscription'>;
export type InvoiceId = Id<'invoice'>;

/** Makes new UUIDv7 values (lower case, with dashes); injected so that tests can predict them. */
export interface IdSource {
  next(): string;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Brands a UUID that is already known to be valid (a database column). */
export function asId<K extends IdKind>(_kind: K, uuid: string): Id<K> {
  return uuid as Id<K>;
}

/** `org_0190…` — the form that leaves the system. */
export function toPublicId(kind: IdKind, uuid: string): string {
  return `${idPrefixes[kind]}_${uuid.replaceAll('-', '')}`;
}

/** Reads the public form; `undefined` when the text is not an id of that kind (never throws). */
export function fromPublicId<K extends IdKind>(kind: K, text: string): Id<K> | undefined {
  const prefix = `${idPrefixes[kind]}_`;
  if (!text.startsWith(prefix)) return undefined;
  const hex = text.slice(prefix.length);
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return uuidPattern.test(uuid) ? asId(kind, uuid) : undefined;
}

/**
 * Reads the public form or throws NOT_FOUND: a foreign, a malformed and an unknown id answer alike,
 * so that nobody learns which ids exist.
 */
export function requirePublicId<K extends IdKind>(kind: K, text: string): Id<K> {
  const id = fromPublicId(kind, text);
  if (id === undefined) throw notFound(kind);
  return id;
}

/** The answer for anything that does not exist for this caller. */
export function notFound(what: string): AppError {
  return new AppError({
    code: 'NOT_FOUND',
    kind: 'not_found',
    message: `${what} not found`,
    userMessage: 'This does not exist, or it is not yours to see.',
  });
}
