import type { ProductFamily } from '../catalog/product-family.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { IdSource, OrganizationId } from '../shared/ids.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { applyStripeFacts, type SyncEffect } from './apply-stripe-facts.ts';
import { announce } from './mails/announce.ts';
import { tellSubscriptions } from './messages/tell-subscriptions.ts';
import type { MirrorTx } from './mirror.ports.ts';
import { cueAlignment } from './own-prices/cue-alignment.ts';
import type { PaymentGateway } from './payment-gateway.ports.ts';
import { readStripeFacts, type StripeFacts } from './read-stripe-facts.ts';
import type { SyncScope } from './sync-scope.ts';

export interface SyncDeps {
  unitOfWork: UnitOfWork<MirrorTx>;
  gateway: PaymentGateway;
  clock: Clock;
  ids: IdSource;
  families: readonly ProductFamily[];
}

export interface SyncRequest {
  organizationId: OrganizationId;
  actor: Actor;
  scope: SyncScope;
  /** A person decided that Stripe's amounts count, also where a final invoice differs. */
  takesBills?: boolean;
}

/** Carries the effect out of a transaction that must not commit. */
class RolledBack extends Error {
  readonly effect: SyncEffect;
  constructor(effect: SyncEffect) {
    super('rolled back on purpose');
    this.effect = effect;
  }
}

const nothing: SyncEffect = { compared: [], issues: [], absent: [] };

/**
 * Reads the named objects at Stripe and makes our mirror equal, in one transaction. Idempotent. `inTransaction` runs
 * after the facts are applied and commits with them. An organization without a customer has nothing to sync.
 * Throws STRIPE_UNAVAILABLE.
 */
export async function syncFromStripe(
  deps: SyncDeps,
  request: SyncRequest,
  inTransaction: (tx: MirrorTx, effect: SyncEffect) => Promise<void> = () => Promise.resolve(),
): Promise<SyncEffect> {
  const facts = await readFacts(deps, request);
  if (facts === null) return nothing;
  return deps.unitOfWork.run(request.organizationId, async (tx) => {
    const effect = await applyLocked(deps, { tx, request, facts });
    await inTransaction(tx, effect);
    return effect;
  });
}

/** The same steps without the commit: what a sync would change now, field by field with what is equal. */
export async function previewSync(
  deps: SyncDeps,
  request: SyncRequest,
  inTransaction: (tx: MirrorTx, effect: SyncEffect) => Promise<void> = () => Promise.resolve(),
): Promise<SyncEffect> {
  const facts = await readFacts(deps, request);
  if (facts === null) return nothing;
  try {
    await deps.unitOfWork.run(request.organizationId, async (tx) => {
      const effect = await applyLocked(deps, { tx, request, facts });
      await inTransaction(tx, effect);
      throw new RolledBack(effect);
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.effect;
    throw error;
  }
  return nothing;
}

async function applyLocked(
  deps: SyncDeps,
  { tx, request, facts }: { tx: MirrorTx; request: SyncRequest; facts: StripeFacts },
): Promise<SyncEffect> {
  const { organizationId, actor } = request;
  const account = await tx.billingAccounts.lock(organizationId);
  const now = deps.clock.now();
  const before = await tx.subscriptions.list(organizationId, { includeEnded: true });
  const effect = await applyStripeFacts(tx, deps, {
    organizationId,
    actor,
    facts,
    now,
    takesBills: request.takesBills,
  });
  await cueAlignment(tx, { organizationId, before });
  await tellSubscriptions(tx, { organizationId, before, now });
  const invoices = facts.invoices.map(({ stripeInvoiceId }) => stripeInvoiceId);
  await announce(tx, { account, organizationId, families: deps.families, invoices, now });
  return effect;
}

async function readFacts(
  deps: SyncDeps,
  { organizationId, scope }: SyncRequest,
): Promise<StripeFacts | null> {
  const known = await deps.unitOfWork.run(organizationId, async (tx) => ({
    account: await tx.billingAccounts.find(organizationId),
    subscriptions: await tx.subscriptions.list(organizationId),
    reading: await tx.readings.next(),
  }));
  const stripeCustomerId = known.account?.stripeCustomerId ?? null;
  if (stripeCustomerId === null) return null;
  return readStripeFacts(deps, {
    stripeCustomerId,
    scope,
    reading: known.reading,
    knownSubscriptionIds: known.subscriptions.map(({ stripeSubscriptionId }) => stripeSubscriptionId),
  });
}
