import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import type { OrganizationId } from '../shared/ids.ts';
import type { Flag, FlagSubject, FlagValue } from './evaluate-flag.ts';

export interface FlagRecord extends Flag {
  description: string;
  /** Who answers for it: a person or a team. */
  owner: string;
  /** When it should be gone; a reminder, evaluation goes on. */
  expiresAt: Date | null;
  /** Counts changes; an editor that saw an older one is refused. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface FlagHistoryEntry {
  version: number;
  at: Date;
  actor: Actor;
  reason: string;
  content: unknown;
}

export interface FlagOverrideRecord {
  organizationId: OrganizationId;
  flagKey: string;
  value: FlagValue;
  reason: string;
  createdBy: string;
  /** null = until it is removed. */
  expiresAt: Date | null;
  createdAt: Date;
}

/** Flags belong to the platform: written across organizations, read by everybody. */
export interface FlagRepository {
  /** Locks the row, so that two editors see each other. */
  lock(key: string): Promise<FlagRecord | undefined>;
  /** False when the key is taken. */
  insert(flag: FlagRecord): Promise<boolean>;
  update(flag: FlagRecord): Promise<void>;
  addHistory(key: string, entry: FlagHistoryEntry): Promise<void>;
}

/** Exceptions of one organization, inside its own transaction. */
export interface FlagOverrideRepository {
  /** The flag with what the organization has instead of it; undefined = there is no such flag. */
  find(
    organizationId: OrganizationId,
    flagKey: string,
  ): Promise<{ flag: FlagRecord; override: FlagOverrideRecord | undefined } | undefined>;
  save(override: FlagOverrideRecord): Promise<void>;
  remove(organizationId: OrganizationId, flagKey: string): Promise<void>;
}

export interface FlagPlatformTx {
  flags: FlagRepository;
  audit: AuditLog;
}
export interface FlagOverrideTx {
  flagOverrides: FlagOverrideRepository;
  audit: AuditLog;
}

/** Everything the evaluation of all flags for one organization looks at. */
export interface FlagFacts {
  flags: FlagRecord[];
  overrides: ReadonlyMap<string, { value: FlagValue; expiresAt: Date | null }>;
  subject: FlagSubject;
}
