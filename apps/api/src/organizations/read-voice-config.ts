import { type OrganizationId, toVoiceConfigView } from '@metergate/core';
import type { Container } from '../container.ts';
import { translationRightOf } from './translation-right.ts';

/** The voice settings with whether they may be changed; locked ones are shown with the way up. */
export async function readVoiceConfig(container: Container, organizationId: OrganizationId) {
  const right = await translationRightOf(container, organizationId);
  const config = await container.unitOfWork.run(organizationId, (tx) => tx.voiceConfigs.get(organizationId));
  return toVoiceConfigView(config, right);
}
