import type { OrganizationId } from '@metergate/core';
import { createOrganizationDirectory } from '@metergate/db';
import type { Context } from '../context.ts';
import { UsageProblem } from '../outcome.ts';

/** By our id, slug or the platform's own id. @throws UsageProblem */
export async function requireOrganization(context: Context, reference: string): Promise<OrganizationId> {
  const directory = createOrganizationDirectory(context.database.prisma.platform);
  const found = await directory.findByReference(reference);
  if (found === undefined) throw new UsageProblem(`There is no organization "${reference}".`);
  return found.id;
}
