import type { z } from 'zod';
import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound } from '../shared/ids.ts';
import type { PlatformUnitOfWork } from '../shared/unit-of-work.ts';
import { checkFlagValue } from './check-flag-value.ts';
import { flagChanged, flagKindFixed } from './flags.errors.ts';
import type { FlagPlatformTx, FlagRecord } from './flags.ports.ts';
import type { saveFlagSchema } from './flags.schemas.ts';

interface Deps {
  clock: Clock;
  platformUnitOfWork: PlatformUnitOfWork<FlagPlatformTx>;
}

type SaveFlagInput = z.infer<typeof saveFlagSchema>;

/**
 * Creates a flag (`expectedVersion` 0) or replaces its content. Flag, history and audit row commit together.
 * @throws FLAG_CHANGED when it has another version by now, FLAG_VALUE_INVALID, FLAG_KIND_FIXED
 */
export async function saveFlag(
  deps: Deps,
  { actor, input }: { actor: Actor; input: SaveFlagInput },
): Promise<FlagRecord> {
  authorize(actor, { staff: 'super_admin' });
  for (const value of [input.defaultValue, ...input.rules.map((rule) => rule.value)]) {
    checkFlagValue(input, value);
  }
  const now = deps.clock.now();
  return deps.platformUnitOfWork.run(async (tx) => {
    const before = await tx.flags.lock(input.key);
    if ((before?.version ?? 0) !== input.expectedVersion) throw flagChanged(before?.version ?? 0);
    if (before !== undefined && before.kind !== input.kind) throw flagKindFixed();
    const after = contentOf(input, { before, now });
    if (before !== undefined) await tx.flags.update(after);
    else if (!(await tx.flags.insert(after))) throw flagChanged(1);
    await remember(tx, { actor, before, after, reason: input.reason });
    return after;
  });
}

/**
 * Throws or lifts the kill switch, whatever version the editor saw: an incident does not wait for a merge.
 * Repeating it changes nothing.
 */
export async function killFlag(
  deps: Deps,
  { actor, key, killed, reason }: { actor: Actor; key: string; killed: boolean; reason: string },
): Promise<FlagRecord> {
  authorize(actor, { staff: 'super_admin' });
  const now = deps.clock.now();
  return deps.platformUnitOfWork.run(async (tx) => {
    const before = await tx.flags.lock(key);
    if (before === undefined) throw notFound('flag');
    if (before.isKilled === killed) return before;
    const after = { ...before, isKilled: killed, version: before.version + 1, updatedAt: now };
    await tx.flags.update(after);
    await remember(tx, { actor, before, after, reason });
    return after;
  });
}

function contentOf(
  input: SaveFlagInput,
  { before, now }: { before: FlagRecord | undefined; now: Date },
): FlagRecord {
  const { key, description, kind, variants, defaultValue, isEnabled, rolloutPercent, rules, owner } = input;
  return {
    key,
    description,
    kind,
    variants,
    defaultValue,
    isEnabled,
    isKilled: before?.isKilled ?? false,
    rolloutPercent,
    rules,
    owner,
    expiresAt: input.expiresAt === null ? null : new Date(input.expiresAt),
    version: input.expectedVersion + 1,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
}

async function remember(
  tx: FlagPlatformTx,
  change: { actor: Actor; before: FlagRecord | undefined; after: FlagRecord; reason: string },
): Promise<void> {
  const { actor, before, after, reason } = change;
  await tx.flags.addHistory(after.key, {
    version: after.version,
    at: after.updatedAt,
    actor,
    reason,
    content: after,
  });
  await tx.audit.append({
    organizationId: null,
    actor,
    action: actionOf(before, after),
    target: { kind: 'flag', id: after.key },
    reason,
    ...(before === undefined ? {} : { before }),
    after,
  });
}

function actionOf(before: FlagRecord | undefined, after: FlagRecord): string {
  if (before === undefined) return 'flag.created';
  if (before.isKilled !== after.isKilled) return after.isKilled ? 'flag.killed' : 'flag.revived';
  return 'flag.changed';
}
