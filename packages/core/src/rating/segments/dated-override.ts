import type { EntitlementOverride } from '../../catalog/effective-entitlements.ts';
import type { OrganizationId } from '../../shared/ids.ts';

/** An exception of an organization with the time it was in force; `endsAt` null = still. */
export interface DatedOverride extends Omit<EntitlementOverride, 'expiresAt'> {
  startsAt: Date;
  endsAt: Date | null;
}

/** Every exception an organization has had, oldest first, so that the latest wins. */
export interface OverrideHistory {
  list(organizationId: OrganizationId): Promise<DatedOverride[]>;
}
