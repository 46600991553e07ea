import type { OrganizationId } from '../../shared/ids.ts';
import { lastOwner } from '../organizations.errors.ts';
import type { OrganizationTx } from '../organizations.ports.ts';

/** Call under the organization lock, before an owner goes or is demoted. */
export async function requireAnotherOwner(
  tx: Pick<OrganizationTx, 'members'>,
  organizationId: OrganizationId,
  userId: string,
): Promise<void> {
  const members = await tx.members.list(organizationId);
  if (!members.some((member) => member.role === 'owner' && member.userId !== userId)) throw lastOwner();
}
