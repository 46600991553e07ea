import { type OrganizationId, suggestUpgrade } from '@metergate/core';
import { buyerOf } from '@metergate/core/limits/limit-subject';
import type { Container } from '../container.ts';

const feature = 'can_translate';

export interface TranslationRight {
  unlocked: boolean;
  /** Key of the plan that would unlock it; null when it is unlocked or nothing on sale would. */
  upgradeTo: string | null;
}

/** Whether the organization may change its translation settings now: the effective `can_translate` decides. */
export async function translationRightOf(
  { metering }: Pick<Container, 'metering'>,
  organizationId: OrganizationId,
): Promise<TranslationRight> {
  const snapshot = await metering.entitlements.snapshotOf(organizationId);
  const grant = snapshot.grants.get(feature);
  if (grant === undefined) return { unlocked: false, upgradeTo: null };
  const { standing, entitlement } = grant;
  const isOn = entitlement?.kind === 'boolean' && entitlement.isEnabled;
  if (isOn && standing.access !== 'suspended' && !snapshot.facts.isSuspended) {
    return { unlocked: true, upgradeTo: null };
  }
  const upgrade = suggestUpgrade(standing.family, { ...buyerOf(snapshot, grant), needed: '0' });
  return { unlocked: false, upgradeTo: upgrade?.plan ?? null };
}

/** Port of the use-case that changes the settings. */
export function mayTranslate(container: Pick<Container, 'metering'>) {
  return async (organizationId: OrganizationId) =>
    (await translationRightOf(container, organizationId)).unlocked;
}
