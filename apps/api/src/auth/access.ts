import type { StaffRole } from '@metergate/core';
import { assertNever } from '@metergate/core/shared/assert';
import { hasStaffRole } from '@metergate/core/shared/authorize';
import type { AccessRule } from '../trpc/init.ts';
import type { Membership } from './identity.ts';

export type OrganizationAccess = Extract<AccessRule, 'member' | 'money' | 'admin' | 'buyer' | 'owner'>;
export type StaffAccess = Extract<AccessRule, StaffRole>;

/** The one table of what a role may reach inside an organization. */
export function memberMay(access: OrganizationAccess, member: Membership): boolean {
  const isOwner = member.role === 'owner';
  const isAdmin = member.role === 'admin';
  switch (access) {
    case 'member':
      return true;
    case 'money':
      return isOwner || (isAdmin && member.adminsSeeMoney);
    case 'admin':
      return isOwner || isAdmin;
    case 'buyer':
      return isOwner || (isAdmin && member.adminsMayBuy);
    case 'owner':
      return isOwner;
    default:
      return assertNever(access);
  }
}

/** Staff roles are ordered: each may do what the ones before it may. */
export function staffMay(access: StaffAccess, role: StaffRole | null): boolean {
  return role !== null && hasStaffRole(role, access);
}
