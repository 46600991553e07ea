import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound, type OrganizationId } from '../shared/ids.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { checkFlagValue } from './check-flag-value.ts';
import type { FlagValue } from './evaluate-flag.ts';
import { flagValueInvalid } from './flags.errors.ts';
import type { FlagOverrideRecord, FlagOverrideTx } from './flags.ports.ts';

interface Deps {
  clock: Clock;
  unitOfWork: UnitOfWork<FlagOverrideTx>;
}

interface OverrideRequest {
  actor: Extract<Actor, { kind: 'staff' }>;
  organizationId: OrganizationId;
  key: string;
  reason: string;
}

/** Gives one organization its own value until `expiresAt`; a second one replaces the first. */
export async function setFlagOverride(
  deps: Deps,
  request: OverrideRequest & { value: FlagValue; expiresAt: Date | null },
): Promise<FlagOverrideRecord> {
  const { actor, organizationId, key, value, reason, expiresAt } = request;
  authorize(actor, { staff: 'super_admin' });
  const now = deps.clock.now();
  if (expiresAt !== null && expiresAt <= now) throw flagValueInvalid('would have expired already');
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const found = await tx.flagOverrides.find(organizationId, key);
    if (found === undefined) throw notFound('flag');
    checkFlagValue(found.flag, value);
    const before = found.override;
    const createdBy = actor.email;
    const override = { organizationId, flagKey: key, value, reason, createdBy, expiresAt, createdAt: now };
    await tx.flagOverrides.save(override);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'flag_override.set',
      target: { kind: 'flag', id: key },
      reason,
      ...(before === undefined ? {} : { before: { value: before.value, expiresAt: before.expiresAt } }),
      after: { value, expiresAt },
    });
    return override;
  });
}

/** Ends the exception of one organization; one that is not there is nothing to do. */
export async function removeFlagOverride(deps: Deps, request: OverrideRequest): Promise<void> {
  const { actor, organizationId, key, reason } = request;
  authorize(actor, { staff: 'super_admin' });
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const found = await tx.flagOverrides.find(organizationId, key);
    if (found === undefined) throw notFound('flag');
    const before = found.override;
    if (before === undefined) return;
    await tx.flagOverrides.remove(organizationId, key);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'flag_override.removed',
      target: { kind: 'flag', id: key },
      reason,
      before: { value: before.value, expiresAt: before.expiresAt },
    });
  });
}
