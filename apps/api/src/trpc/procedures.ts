import { type Actor, asId, type OrganizationId, organizationRefSchema } from '@metergate/core';
import { type AccessRule, t } from './init.ts';
import { pending } from './pending.ts';

type MemberActor = Extract<Actor, { kind: 'member' }>;
type StaffActor = Extract<Actor, { kind: 'staff' }>;

function organizationProcedure(access: AccessRule) {
  return t.procedure
    .meta({ access })
    .input(organizationRefSchema)
    .use(({ next, ctx }) => {
      const resolved: { actor: MemberActor; organizationId: OrganizationId } = pending();
      return next({
        ctx: { ...ctx, ...resolved, organizationId: asId('organization', resolved.organizationId) },
      });
    });
}

function staffProcedure(access: AccessRule) {
  return t.procedure.meta({ access }).use(({ next, ctx }) => {
    const actor: StaffActor = pending();
    return next({ ctx: { ...ctx, actor } });
  });
}

export const publicProcedure = t.procedure.meta({ access: 'anonymous' });
export const signedInProcedure = t.procedure.meta({ access: 'signed_in' });
/** Any member of the named organization; somebody else's organization answers NOT_FOUND. */
export const memberProcedure = organizationProcedure('member');
/** Owners, and admins unless the organization's setting `admins_see_money` is off. */
export const moneyProcedure = organizationProcedure('money');
export const adminProcedure = organizationProcedure('admin');
/** Owners, and admins where `admins_may_buy` is on. */
export const buyerProcedure = organizationProcedure('buyer');
export const ownerProcedure = organizationProcedure('owner');
export const supportProcedure = staffProcedure('support');
export const billingOpsProcedure = staffProcedure('billing_ops');
export const superAdminProcedure = staffProcedure('super_admin');
