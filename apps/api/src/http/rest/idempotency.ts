import { createHash } from 'node:crypto';
import type { OrganizationId } from '@metergate/core';
import { idempotencyKeyInUse, idempotencyKeyInvalid, idempotencyKeyReused } from './rest.errors.ts';
import type { RestAnswer } from './route.ts';

export interface StoredAnswer {
  status: number;
  body: unknown;
}

/** What is known about a key: taken by this very call, running elsewhere, or answered. */
export type KeyClaim =
  | { state: 'claimed' }
  | { state: 'running'; route: string; requestHash: Uint8Array }
  | { state: 'answered'; route: string; requestHash: Uint8Array; answer: StoredAnswer };

export interface IdempotencyStore {
  /** Insert-or-look; a claim older than a minute without an answer belongs to a dead process and is taken over. */
  claim(
    organizationId: OrganizationId,
    claim: { key: string; route: string; requestHash: Uint8Array; now: Date },
  ): Promise<KeyClaim>;
  complete(organizationId: OrganizationId, key: string, answer: StoredAnswer): Promise<void>;
  release(organizationId: OrganizationId, key: string): Promise<void>;
}

export interface IdempotentCommand {
  organizationId: OrganizationId;
  key: string;
  /** Method and path with its parameters filled in. */
  route: string;
  body: unknown;
  now: Date;
}

/** @throws IDEMPOTENCY_KEY_INVALID */
export function checkIdempotencyKey(key: string): string {
  if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)) throw idempotencyKeyInvalid();
  return key;
}

/**
 * Runs a command once per key: a repeat gets the first answer, the same key with another request is refused.
 * A command that failed on our side frees its key, so that the repeat can succeed; refusals are not stored
 * either, because they changed nothing and their reason may pass.
 */
export async function runOnce(
  store: IdempotencyStore,
  command: IdempotentCommand,
  run: () => Promise<RestAnswer>,
): Promise<RestAnswer> {
  const { organizationId, key, route, now } = command;
  const requestHash = hashOf(command.body);
  const claim = await store.claim(organizationId, { key, route, requestHash, now });
  if (claim.state !== 'claimed') return answerRepeat(claim, route, requestHash);
  try {
    const answer = await run();
    await store.complete(organizationId, key, { status: answer.status ?? 200, body: answer.body ?? null });
    return answer;
  } catch (error) {
    await store.release(organizationId, key);
    throw error;
  }
}

function answerRepeat(
  claim: Exclude<KeyClaim, { state: 'claimed' }>,
  route: string,
  requestHash: Uint8Array,
): RestAnswer {
  if (claim.route !== route || Buffer.compare(claim.requestHash, requestHash) !== 0)
    throw idempotencyKeyReused();
  if (claim.state === 'running') throw idempotencyKeyInUse();
  return { ...claim.answer, headers: { 'Idempotent-Replayed': 'true' } };
}

function hashOf(body: unknown): Uint8Array {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(body)) ?? '')
    .digest();
}

/** The order of keys is no difference between two requests. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, sortKeys(item)] satisfies [string, unknown],
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
