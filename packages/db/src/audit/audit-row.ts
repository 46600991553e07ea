import { chainHash } from './canonical-json.ts';

/** The hash in front of the first entry of every chain. */
export const genesisHash: Uint8Array = new Uint8Array(32);

/** Chain of everything that belongs to no organization. */
export const platformChainId = 'platform';

/** What the hash of an entry covers: every column but the hashes themselves. */
export interface AuditContent {
  chainId: string;
  sequence: bigint;
  organizationId: string | null;
  id: string;
  at: Date;
  actor: unknown;
  onBehalfOf: string | null;
  action: string;
  targetKind: string;
  targetId: string;
  reason: string | null;
  before: unknown;
  after: unknown;
  requestId: string | null;
}

/** Names the columns one by one, so that a wider row (hashes included) gives the same hash. */
export function hashOf(previousHash: Uint8Array, entry: AuditContent): Buffer {
  return chainHash(previousHash, {
    chainId: entry.chainId,
    sequence: entry.sequence,
    organizationId: entry.organizationId,
    id: entry.id,
    at: entry.at,
    actor: entry.actor,
    onBehalfOf: entry.onBehalfOf,
    action: entry.action,
    targetKind: entry.targetKind,
    targetId: entry.targetId,
    reason: entry.reason,
    before: entry.before,
    after: entry.after,
    requestId: entry.requestId,
  });
}
