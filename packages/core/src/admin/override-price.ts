import type { Actor } from '../shared/actor.ts';
import type { AuditLog } from '../shared/audit.ts';
import { authorize } from '../shared/authorize.ts';
import type { Clock } from '../shared/clock.ts';
import { asId, type Id, type IdSource, notFound, type OrganizationId } from '../shared/ids.ts';
import { parseUnitPrice, type UnitPrice } from '../shared/money/unit-price.ts';
import { entitlementsChanged, type OutgoingMessages } from '../shared/outgoing-messages.ts';
import { overrideExpiryPassed } from '../shared/override.errors.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** What a unit of a feature costs one organization instead of its plan's price, in major units of its currency. */
export interface PriceOverride {
  id: Id<'override'>;
  organizationId: OrganizationId;
  feature: string;
  unitPrice: UnitPrice;
  reason: string;
  createdBy: string;
  expiresAt: Date | null;
  createdAt: Date;
}

export interface PriceOverrideRepository {
  /** Those that have not been ended, oldest first; the last one counts. */
  listOpen(organizationId: OrganizationId): Promise<PriceOverride[]>;
  insert(override: PriceOverride): Promise<void>;
  end(organizationId: OrganizationId, id: Id<'override'>, at: Date): Promise<void>;
}

interface Deps {
  clock: Clock;
  unitOfWork: UnitOfWork<{
    priceOverrides: PriceOverrideRepository;
    audit: AuditLog;
    messages: OutgoingMessages;
  }>;
}

interface Request {
  actor: Extract<Actor, { kind: 'staff' }>;
  organizationId: OrganizationId;
  feature: string;
  reason: string;
}

/**
 * Gives one organization its own price for what it uses from now on until `expiresAt`; what was used before keeps the
 * price of then. The caller has checked that the plan charges for the feature.
 */
export async function setPriceOverride(
  deps: Deps & { ids: IdSource },
  request: Request & { unitPrice: string; expiresAt: Date | null },
): Promise<void> {
  const { actor, organizationId, feature, reason, expiresAt } = request;
  authorize(actor, { staff: 'billing_ops' });
  const now = deps.clock.now();
  if (expiresAt !== null && expiresAt <= now) throw overrideExpiryPassed();
  const override: PriceOverride = {
    id: asId('override', deps.ids.next()),
    organizationId,
    feature,
    unitPrice: parseUnitPrice(request.unitPrice),
    reason,
    createdBy: actor.email,
    expiresAt,
    createdAt: now,
  };
  await change(deps, request, override);
}

/** Returns the organization to the price of its plan. @throws NOT_FOUND when there is no own price in force */
export async function endPriceOverride(deps: Deps, request: Request): Promise<void> {
  authorize(request.actor, { staff: 'billing_ops' });
  await change(deps, request, null);
}

async function change(deps: Deps, request: Request, next: PriceOverride | null): Promise<void> {
  const { actor, organizationId, feature, reason } = request;
  const at = deps.clock.now();
  await deps.unitOfWork.run(organizationId, async (tx) => {
    const open = (await tx.priceOverrides.listOpen(organizationId)).filter((own) => own.feature === feature);
    const before = open.at(-1);
    if (next === null && before === undefined) throw notFound('override');
    for (const { id } of open) await tx.priceOverrides.end(organizationId, id, at);
    if (next !== null) await tx.priceOverrides.insert(next);
    const id = next?.id ?? before?.id ?? '';
    const done = next === null ? 'ended' : 'set';
    await tx.audit.append({
      organizationId,
      actor,
      action: `price_override.${done}`,
      target: { kind: 'override', id },
      reason,
      before: content(before),
      after: content(next),
    });
    const told = { fact: `override:${id}:${done}`, at, feature };
    await tx.messages.add(entitlementsChanged(organizationId, { ...told, reason: 'price_override' }));
  });
}

function content(override: PriceOverride | null | undefined) {
  if (override === null || override === undefined) return undefined;
  const { feature, unitPrice, expiresAt } = override;
  return { feature, unitPrice, expiresAt };
}
