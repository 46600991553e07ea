import {
  type Actor,
  asId,
  type FlagHistoryEntry,
  type FlagOverrideRecord,
  type FlagRecord,
} from '@metergate/core';
import { flagRuleSchema, flagValueSchema } from '@metergate/core/flags/flags.schemas';
import { formatFixed } from '@metergate/core/shared/money/decimal';
import { z } from 'zod';
import type {
  FlagHistory as FlagHistoryRow,
  FlagOverride as FlagOverrideRow,
  Flag as FlagRow,
} from '../generated/client.ts';
import { toJson } from './invoice.mapping.ts';

const variantsSchema = z.array(z.string());
const rulesSchema = z.array(flagRuleSchema);

export function fromFlagRow(row: FlagRow): FlagRecord {
  return {
    ...row,
    kind: row.kind === 'variant' ? 'variant' : 'boolean',
    variants: variantsSchema.parse(row.variants),
    defaultValue: flagValueSchema.parse(row.defaultValue),
    rules: rulesSchema.parse(row.rules),
    rolloutPercent: formatFixed(BigInt(row.rolloutPercent.mul(100).toFixed()), 2),
  };
}

export function toFlagRow(flag: FlagRecord) {
  return {
    ...flag,
    variants: toJson(flag.variants),
    defaultValue: toJson(flag.defaultValue),
    rules: toJson(flag.rules),
  };
}

export function fromFlagOverrideRow(row: FlagOverrideRow): FlagOverrideRecord {
  return {
    ...row,
    organizationId: asId('organization', row.organizationId),
    value: flagValueSchema.parse(row.value),
  };
}

export function fromFlagHistoryRow(row: FlagHistoryRow): FlagHistoryEntry {
  const { version, at, content, reason } = row;
  // Written from an Actor, and append-only since.
  return { version, at, content, reason: reason ?? '', actor: row.actor as unknown as Actor };
}
