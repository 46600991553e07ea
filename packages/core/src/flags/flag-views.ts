import type { z } from 'zod';
import { actorText } from '../shared/actor-text.ts';
import { toPublicId } from '../shared/ids.ts';
import type { FlagHistoryEntry, FlagOverrideRecord, FlagRecord } from './flags.ports.ts';
import type {
  FlagView,
  flagDetailViewSchema,
  flagHistoryViewSchema,
  flagOverrideViewSchema,
} from './flags.schemas.ts';

/** A flag as its page shows it. */
export interface FlagDetail {
  flag: FlagRecord;
  overrides: (FlagOverrideRecord & { organization: { slug: string; name: string } })[];
  history: FlagHistoryEntry[];
}

export function toFlagView(flag: FlagRecord, overrideCount: number): FlagView {
  return {
    key: flag.key,
    description: flag.description,
    kind: flag.kind,
    variants: [...flag.variants],
    defaultValue: flag.defaultValue,
    isEnabled: flag.isEnabled,
    isKilled: flag.isKilled,
    rolloutPercent: flag.rolloutPercent,
    rules: [...flag.rules],
    owner: flag.owner,
    expiresAt: flag.expiresAt?.toISOString() ?? null,
    version: flag.version,
    overrideCount,
    updatedAt: flag.updatedAt.toISOString(),
  };
}

export function toFlagDetailView(detail: FlagDetail): z.infer<typeof flagDetailViewSchema> {
  return {
    ...toFlagView(detail.flag, detail.overrides.length),
    overrides: detail.overrides.map(toOverrideView),
    history: detail.history.map(toHistoryView),
  };
}

function toOverrideView(override: FlagDetail['overrides'][number]): z.infer<typeof flagOverrideViewSchema> {
  const { organizationId, organization, value, reason, createdBy } = override;
  return {
    organization: { id: toPublicId('organization', organizationId), ...organization },
    value,
    reason,
    createdBy,
    expiresAt: override.expiresAt?.toISOString() ?? null,
    createdAt: override.createdAt.toISOString(),
  };
}

function toHistoryView(entry: FlagHistoryEntry): z.infer<typeof flagHistoryViewSchema> {
  const { version, at, actor, reason, content } = entry;
  return { version, at: at.toISOString(), actor: actorText(actor), reason, content };
}
