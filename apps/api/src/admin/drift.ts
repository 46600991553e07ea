import type { Actor, Organization } from '@metergate/core';
import { previewSync, syncFromStripe } from '@metergate/core/payments/sync-organization';
import { everything } from '@metergate/core/payments/sync-scope';
import type { Container } from '../container.ts';

/** Our mirror and Stripe, field by field; changes nothing. */
export async function readDrift({ background }: Container, organization: Organization, actor: Actor) {
  const { compared } = await previewSync(background.sync, {
    actor,
    organizationId: organization.id,
    scope: everything,
  });
  return compared;
}

/** Makes the mirror equal to Stripe and answers what differed before; the reason is audited with the change. */
export async function resyncOrganization(
  { background }: Container,
  organization: Organization,
  { actor, reason }: { actor: Actor; reason: string },
) {
  const organizationId = organization.id;
  const request = { actor, organizationId, scope: everything };
  const { compared } = await syncFromStripe(background.sync, request, (tx, effect) =>
    tx.audit.append({
      organizationId,
      actor,
      action: 'organization.resynced',
      target: { kind: 'organization', id: organizationId },
      reason,
      after: { differences: effect.compared.filter(({ equal }) => !equal).length },
    }),
  );
  return compared;
}
