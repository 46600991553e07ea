import { effectSummary } from '../payments/apply-stripe-facts.ts';
import { previewSync, type SyncDeps, syncFromStripe } from '../payments/sync-organization.ts';
import { everything } from '../payments/sync-scope.ts';
import type { Actor } from '../shared/actor.ts';
import { authorize } from '../shared/authorize.ts';
import type { ComparedField } from '../shared/compared-field.ts';
import type { OrganizationId } from '../shared/ids.ts';

/**
 * Field by field what we hold and what Stripe holds: subscriptions with items, invoices, payment methods. Writes
 * nothing. Throws STRIPE_UNAVAILABLE.
 */
export async function readDrift(
  deps: SyncDeps,
  { actor, organizationId }: { actor: Actor; organizationId: OrganizationId },
): Promise<ComparedField[]> {
  authorize(actor, { staff: 'support' });
  const { compared } = await previewSync(deps, { actor, organizationId, scope: everything });
  return compared;
}

/**
 * Makes our side equal to Stripe's and says why in the audit log; never writes to Stripe. The answer shows every
 * field as it is afterwards.
 */
export async function resyncOrganization(
  deps: SyncDeps,
  { actor, organizationId, reason }: { actor: Actor; organizationId: OrganizationId; reason: string },
): Promise<ComparedField[]> {
  authorize(actor, { staff: 'billing_ops' });
  const request = { actor, organizationId, scope: everything };
  const { compared } = await syncFromStripe(deps, request, async (tx, effect) => {
    await tx.audit.append({
      organizationId,
      actor,
      action: 'organization.resynced',
      target: { kind: 'organization', id: organizationId },
      reason,
      after: effectSummary(effect),
    });
  });
  return compared.map((field) => ({ ...field, local: field.remote, equal: true }));
}
