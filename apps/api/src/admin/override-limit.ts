import { type Actor, endLimitOverride, type OrganizationId, setLimitOverride } from '@metergate/core';
import { featureUnknown } from '@metergate/core/limits/limits.errors';
import type { overrideInputSchema } from '@metergate/core/limits/limits.schemas';
import { listLimits } from '@metergate/core/limits/reading/list-limits';
import type { z } from 'zod';
import type { Container } from '../container.ts';
import { limitReadingOf } from '../usage/limit-reading.ts';

interface Request {
  actor: Extract<Actor, { kind: 'staff' }>;
  organizationId: OrganizationId;
}

/** Sets another limit and answers all limits as they are now. @throws FEATURE_UNKNOWN */
export async function overrideLimit(
  container: Container,
  { actor, organizationId }: Request,
  input: z.output<typeof overrideInputSchema>,
) {
  const { feature, limit, reason } = input;
  const snapshot = await container.metering.entitlements.snapshotOf(organizationId);
  if (!snapshot.grants.has(feature)) throw featureUnknown(feature);
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  await setLimitOverride(container, { actor, organizationId, feature, limit, reason, expiresAt });
  container.metering.touched.lookAt(organizationId, [feature]);
  return freshLimits(container, organizationId);
}

export async function endOverride(
  container: Container,
  { actor, organizationId }: Request,
  { feature, reason }: { feature: string; reason: string },
) {
  await endLimitOverride(container, { actor, organizationId, feature, reason });
  container.metering.touched.lookAt(organizationId, [feature]);
  return freshLimits(container, organizationId);
}

/** Other processes are told by the database; this one must not answer what it knew before. */
function freshLimits(container: Container, organizationId: OrganizationId) {
  container.metering.entitlements.forget(organizationId);
  return listLimits(limitReadingOf(container), { organizationId });
}
