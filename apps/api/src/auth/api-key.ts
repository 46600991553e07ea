import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@metergate/core';
import { isDatabaseAway } from '@metergate/core/limits/outage/decide-in-outage';
import { apiKeyInQuery, apiKeyRefused } from '../http/rest/rest.errors.ts';
import type { ApiKeyActor } from '../http/rest/route.ts';
import { LastKnown } from '../usage/outage/last-known.ts';
import type { IdentityReader, StoredApiKey } from './identity.ts';
import { secretSource } from './secret-source.ts';

const apiKeyForm = /^mg_[A-Za-z0-9_-]{20,100}$/;

/** A revoked key must be refused within a second by every process, so nothing is trusted for longer. */
const CACHE_MS = 800;
const CACHED_KEYS_MAX = 10_000;

export interface ApiKeyDirectory {
  /** @throws API_KEY_INVALID for an unknown, expired or revoked key */
  authenticate(key: string): Promise<ApiKeyActor>;
  /** Forgets what this process knows; called after a key was revoked here. */
  forget(): void;
}

export interface ApiKeyDirectoryOptions {
  /** Throws DATABASE_UNAVAILABLE soon when the database is away. */
  identity: Pick<IdentityReader, 'findApiKeyByHash'>;
  clock: Clock;
  monotonicMs(): number;
}

export function createApiKeyDirectory(options: ApiKeyDirectoryOptions): ApiKeyDirectory {
  const cache = new Map<string, { found: Promise<StoredApiKey | null>; until: number }>();
  const lastKnown = new LastKnown<StoredApiKey>({
    sizeMax: CACHED_KEYS_MAX,
    monotonicMs: options.monotonicMs,
  });

  /** A key that was valid a moment ago stays valid while the database cannot say otherwise. */
  async function find(keyHash: Uint8Array, id: string): Promise<StoredApiKey | null> {
    try {
      const found = await options.identity.findApiKeyByHash(keyHash);
      if (found === null) lastKnown.forget(id);
      else lastKnown.remember(id, found);
      return found;
    } catch (error) {
      const known = isDatabaseAway(error) ? lastKnown.recall(id) : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  function lookUp(key: string): Promise<StoredApiKey | null> {
    const id = hash('sha256', key, 'base64');
    const cached = cache.get(id);
    if (cached !== undefined && cached.until > options.monotonicMs()) return cached.found;
    if (cache.size >= CACHED_KEYS_MAX) cache.clear();
    const found = find(secretSource.hash(key), id);
    cache.set(id, { found, until: options.monotonicMs() + CACHE_MS });
    found.catch(() => cache.delete(id));
    return found;
  }

  return {
    async authenticate(key) {
      if (!apiKeyForm.test(key)) throw apiKeyRefused();
      const stored = await lookUp(key);
      if (stored === null || stored.revokedAt !== null) throw apiKeyRefused();
      if (stored.expiresAt !== null && stored.expiresAt <= options.clock.now()) throw apiKeyRefused();
      const { id, organizationId, scopes } = stored;
      return { kind: 'api_key', keyId: id, organizationId, scopes };
    },
    forget: () => cache.clear(),
  };
}

/** The key of a REST request: from the Authorization header alone. */
export async function authenticateApiKey(
  deps: { apiKeys: ApiKeyDirectory },
  request: IncomingMessage,
): Promise<ApiKeyActor> {
  const address = request.url ?? '';
  const isKeyInQuery =
    /[?&=](?:mg_|[^=&]*=mg_)/.test(address) || /[?&](api_?key|access_token)=/i.test(address);
  if (isKeyInQuery) throw apiKeyInQuery();
  const match = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '');
  if (match?.[1] === undefined) throw apiKeyRefused();
  return deps.apiKeys.authenticate(match[1]);
}
