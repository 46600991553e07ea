import type { z } from 'zod';
import type { Actor } from '../../shared/actor.ts';
import { authorize } from '../../shared/authorize.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OrganizationId } from '../../shared/ids.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import {
  translationIncomplete,
  translationSame,
  voiceConfigChanged,
  voiceLocked,
} from '../organizations.errors.ts';
import type { OrganizationTx, VoiceConfig } from '../organizations.ports.ts';
import type { voiceConfigInputSchema } from '../organizations.schemas.ts';

/**
 * Changes the voice settings: the worked example of a product setting gated by an entitlement.
 * @param deps.mayTranslate Whether the organization's plan includes `can_translate` now.
 * @throws FEATURE_NOT_IN_PLAN, TRANSLATION_LANGUAGES_MISSING, TRANSLATION_LANGUAGES_SAME, VOICE_CONFIG_CHANGED
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
  const { expectedUpdatedAt, ...settings } = input;
  requireLanguages(settings);
  const after: VoiceConfig = { ...settings, updatedAt: deps.clock.now() };
  return deps.unitOfWork.run(organizationId, async (tx) => {
    const before = await tx.voiceConfigs.get(organizationId);
    const expected = expectedUpdatedAt == null ? expectedUpdatedAt : new Date(expectedUpdatedAt);
    const isWritten = await tx.voiceConfigs.put(organizationId, after, {
      updatedBy: actorName(actor),
      expected,
    });
    if (!isWritten) throw voiceConfigChanged(before.updatedAt);
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

function requireLanguages(settings: Omit<VoiceConfig, 'updatedAt'>): void {
  const { translationEnabled, translationFrom, translationTo } = settings;
  if (!translationEnabled) return;
  if (translationFrom === null || translationTo === null) throw translationIncomplete();
  if (translationFrom.toLowerCase() === translationTo.toLowerCase()) throw translationSame();
}

function actorName(actor: Actor): string {
  return actor.kind === 'member' || actor.kind === 'staff' ? actor.userId : actor.kind;
}
