import type { z } from 'zod';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { translationIncomplete, voiceLocked } from '../organizations.errors.ts';
import type { OrganizationTx, VoiceConfig } from '../organizations.ports.ts';
import type { voiceConfigInputSchema } from '../organizations.schemas.ts';

/**
 * Changes the voice settings: the worked example of a product setting gated by an entitlement.
 * @param deps.mayTranslate Whether the organization's plan includes `can_translate` now.
 * @throws FEATURE_NOT_IN_PLAN, TRANSLATION_LANGUAGES_MISSING
 */
export async function updateVoiceConfig(
  deps: {
    clock: Clock;
    mayTranslate: (organizationId: OrganizationId) => Promise<boolean>;
    unitOfWork: UnitOfWork<Pick<OrganizationTx, 'voiceConfigs' | 'audit'>>;
  },
  request: { actor: Actor; organizationId: OrganizationId; input: z.infer<typeof voiceConfigInputSchema> },
): Promise<VoiceConfig> {
  const { actor, organizationId, input } = request;
  authorize(actor, { members: ['owner', 'admin'], scope: 'organizations:write' });
  if (!(await deps.mayTranslate(organizationId))) throw voiceLocked();
  if (input.translationEnabled && (input.translationFrom === null || input.translationTo === null)) {
    throw translationIncomplete();
  }
  const after: VoiceConfig = { ...input, updatedAt: deps.clock.now() };
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const before = await tx.voiceConfigs.get(organizationId);
    await tx.voiceConfigs.put(organizationId, after, actorName(actor));
    await tx.audit.append({
      organizationId,
      actor,
      action: 'voice_config.updated',
      target: { kind: 'voice_config', id: organizationId },
      before,
      after,
    });
    return after;
  });
}

function actorName(actor: Actor): string {
  return actor.kind === 'member' || actor.kind === 'staff' ? actor.userId : actor.kind;
}
