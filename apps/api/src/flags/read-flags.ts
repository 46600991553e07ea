import { type FlagFacts, flagValues, type OrganizationId, toFlagDetailView } from '@metergate/core';
import { readFlag, readFlagFacts, withOrganization } from '@metergate/db';
import type { Container } from '../container.ts';

/** Read anew for every question, so that a kill switch works on the next request. */
export function readFacts(
  { database }: Pick<Container, 'database'>,
  organizationId: OrganizationId,
): Promise<FlagFacts> {
  return withOrganization(database.prisma.app, organizationId, (tx) => readFlagFacts(tx, organizationId));
}

/** The value of every flag for the organization, by key. */
export async function readFlagValues(container: Container, organizationId: OrganizationId) {
  return flagValues(await readFacts(container, organizationId), container.clock.now());
}

/** A flag with its exceptions and history, as staff see it. */
export async function readFlagDetail({ database }: Pick<Container, 'database'>, key: string) {
  return toFlagDetailView(await readFlag(database.prisma.platform, key));
}
