import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { asId, type Id, type IdSource, notFound, type OrganizationId } from '../shared/ids.ts';
import { parseQuantity, type Quantity } from '../shared/money/quantity.ts';
import { entitlementsChanged, type OutgoingMessages } from '../shared/outgoing-messages.ts';
import { overrideExpiryPassed } from '../shared/override.errors.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** An exception to a limit of one organization. */
export interface LimitOverride {
  id: Id<'override'>;
  organizationId: OrganizationId;
  feature: string;
  /** null = unlimited. */
  limit: Quantity | null;
  reason: string;
  createdBy: string;
  expiresAt: Date | null;
  createdAt: Date;
}

export interface LimitOverrideRepository {
  /** Those that have not been ended, oldest first. */
  listOpen(organizationId: OrganizationId, feature: string): Promise<LimitOverride[]>;
  insert(override: LimitOverride): Promise<void>;
  end(organizationId: OrganizationId, id: Id<'override'>, at: Date): Promise<void>;
}

export interface LimitOverrideTx {
  limitOverrides: LimitOverrideRepository;
  audit: AuditLog;
  messages: OutgoingMessages;
}

interface Deps {
  clock: Clock;
  unitOfWork: UnitOfWork<LimitOverrideTx>;
}

interface Request {
  actor: Extract<Actor, { kind: 'staff' }>;
  organizationId: OrganizationId;
  feature: string;
  reason: string;
}

/**
 * Gives one organization another limit until `expiresAt`; one that is in force is ended and stays on record.
 * The caller has checked that the feature exists.
 */
export async function setLimitOverride(
  deps: Deps & { ids: IdSource },
  request: Request & { limit: string | null; expiresAt: Date | null },
): Promise<LimitOverride> {
  const { actor, organizationId, feature, reason, expiresAt } = request;
  authorize(actor, { staff: 'billing_ops' });
  const now = deps.clock.now();
  if (expiresAt !== null && expiresAt <= now) throw overrideExpiryPassed();
  const override: LimitOverride = {
    id: asId('override', deps.ids.next()),
    organizationId,
    feature,
    limit: request.limit === null ? null : parseQuantity(request.limit),
    reason,
    createdBy: actor.email,
    expiresAt,
    createdAt: now,
  };
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const replaced = await endOpen(tx, { organizationId, feature, at: now });
    await tx.limitOverrides.insert(override);
    await tx.audit.append({
      organizationId,
      actor,
      action: 'limit_override.set',
      target: { kind: 'override', id: override.id },
      reason,
      ...(replaced === undefined ? {} : { before: content(replaced) }),
      after: content(override),
    });
    const told = { fact: `override:${override.id}:set`, at: now, reason: 'limit_override', feature };
    await tx.messages.add(entitlementsChanged(organizationId, told));
  });
  return override;
}

/** Returns the organization to what its plan says. @throws NOT_FOUND when there is no exception in force */
export async function endLimitOverride(deps: Deps, request: Request): Promise<void> {
  const { actor, organizationId, feature, reason } = request;
  authorize(actor, { staff: 'billing_ops' });
  const at = deps.clock.now();
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const ended = await endOpen(tx, { organizationId, feature, at });
    if (ended === undefined) throw notFound('override');
    await tx.audit.append({
      organizationId,
      actor,
      action: 'limit_override.ended',
      target: { kind: 'override', id: ended.id },
      reason,
      before: content(ended),
    });
    const told = { fact: `override:${ended.id}:ended`, at, reason: 'limit_override', feature };
    await tx.messages.add(entitlementsChanged(organizationId, told));
  });
}

/** The last one is the one that was in force. */
async function endOpen(
  tx: LimitOverrideTx,
  { organizationId, feature, at }: { organizationId: OrganizationId; feature: string; at: Date },
): Promise<LimitOverride | undefined> {
  const open = await tx.limitOverrides.listOpen(organizationId, feature);
  for (const { id } of open) await tx.limitOverrides.end(organizationId, id, at);
  return open.at(-1);
}

function content({ feature, limit, expiresAt }: LimitOverride) {
  return { feature, limit: limit ?? 'unlimited', expiresAt };
}
