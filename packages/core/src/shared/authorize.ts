import type { Actor, ApiKeyScope, MemberRole, StaffRole } from './actor.ts';
import { AppError } from './app-error.ts';

const staffRank: Readonly<Record<StaffRole, number>> = { support: 1, billing_ops: 2, super_admin: 3 };

/** Who may do a thing; a kind of actor that is not named may not. */
export interface AccessPolicy {
  members?: readonly MemberRole[];
  scope?: ApiKeyScope;
  /** The lowest staff role that suffices. */
  staff?: StaffRole;
  jobs?: boolean;
}

export function hasStaffRole(role: StaffRole, atLeast: StaffRole): boolean {
  return staffRank[role] >= staffRank[atLeast];
}

/**
 * First step of every use-case that changes something.
 * @throws FORBIDDEN when the actor's role, scope or kind does not suffice; VIEW_AS_READ_ONLY while staff view as a member.
 */
export function authorize(actor: Actor, policy: AccessPolicy): void {
  if (actor.kind === 'member' && actor.viewAs !== undefined) throw viewAsReadOnly();
  if (!isAllowed(actor, policy)) throw forbidden();
}

function isAllowed(actor: Actor, policy: AccessPolicy): boolean {
  switch (actor.kind) {
    case 'member':
      return policy.members?.includes(actor.role) ?? false;
    case 'api_key':
      return policy.scope !== undefined && actor.scopes.includes(policy.scope);
    case 'staff':
      return policy.staff !== undefined && hasStaffRole(actor.role, policy.staff);
    case 'job':
    case 'stripe_event':
      return policy.jobs ?? false;
  }
}

export function forbidden(): AppError {
  return new AppError({
    code: 'FORBIDDEN',
    kind: 'forbidden',
    message: 'actor lacks the right',
    userMessage: 'Your role does not allow this. Ask an owner of the organization.',
  });
}

export function viewAsReadOnly(): AppError {
  return new AppError({
    code: 'VIEW_AS_READ_ONLY',
    kind: 'forbidden',
    message: 'write refused during a view-as session',
    userMessage: 'You are viewing this organization read-only. End the session to make changes.',
  });
}
