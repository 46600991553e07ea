import { type Actor, notFound, organizationRefSchema } from '@metergate/core';
import { viewAsReadOnly } from '@metergate/core/shared/authorize';
import { memberMay, type OrganizationAccess, type StaffAccess, staffMay } from '../auth/access.ts';
import { findOrganizationAccess } from '../auth/organization-access.ts';
import { accessRefused, notSignedIn } from '../http/http-errors.ts';
import { limitOfProcedure } from '../rate-limits/rate-limit-rules.ts';
import { toTrpcError } from './error-adapter.ts';
import { type AccessRule, t } from './init.ts';

type MemberActor = Extract<Actor, { kind: 'member' }>;
type StaffActor = Extract<Actor, { kind: 'staff' }>;

/** Outermost, so that it also sees what input parsing and the access check refuse. */
function baseProcedure(access: AccessRule) {
  return t.procedure.meta({ access }).use(async ({ next }) => {
    const result = await next();
    if (!result.ok) throw toTrpcError(result.error);
    return result;
  });
}

/** Counts calls, not requests: a batch of ten counts ten. */
export const publicProcedure = baseProcedure('anonymous').use(async ({ ctx, path, next }) => {
  await ctx.container.rateLimits.count(limitOfProcedure(path), ctx.user?.id ?? ctx.address);
  return next();
});

function sessionProcedure(access: AccessRule) {
  return baseProcedure(access).use(({ ctx, next }) => {
    if (ctx.user === null) throw notSignedIn();
    return next({ ctx: { user: ctx.user } });
  });
}

function countedSessionProcedure(access: AccessRule) {
  return sessionProcedure(access).use(async ({ ctx, path, next }) => {
    await ctx.container.rateLimits.count(limitOfProcedure(path), ctx.user.id);
    return next();
  });
}

export const signedInProcedure = countedSessionProcedure('signed_in');

/**
 * Membership is read anew for every call, so a removed member is refused at once. It is checked before the rest
 * of the input: somebody else's organization answers NOT_FOUND whatever else was sent.
 */
function organizationProcedure(access: OrganizationAccess) {
  return sessionProcedure(access)
    .input(organizationRefSchema)
    .use(async ({ ctx, input, path, type, next }) => {
      await ctx.container.rateLimits.count(limitOfProcedure(path), `${ctx.user.id}:${input.organization}`);
      const found = await findOrganizationAccess(ctx.container, ctx.user, input.organization);
      if (found === null) throw notFound('organization');
      const { membership, viewAs } = found;
      if (viewAs !== null && type === 'mutation') throw viewAsReadOnly();
      if (!memberMay(access, membership)) throw accessRefused(access);
      const actor: MemberActor = {
        kind: 'member',
        userId: ctx.user.id,
        email: ctx.user.email,
        organizationId: membership.organizationId,
        role: membership.role,
        ...(viewAs === null ? {} : { viewAs }),
      };
      const mayBuy = viewAs === null && memberMay('buyer', membership);
      const rights = { seesMoney: memberMay('money', membership), mayBuy };
      return next({ ctx: { actor, organizationId: membership.organizationId, rights } });
    });
}

function staffProcedure(access: StaffAccess) {
  return countedSessionProcedure(access).use(({ ctx, next }) => {
    const { staffRole } = ctx.user;
    if (staffRole === null || !staffMay(access, staffRole)) throw accessRefused(access);
    const actor: StaffActor = { kind: 'staff', userId: ctx.user.id, email: ctx.user.email, role: staffRole };
    return next({ ctx: { actor } });
  });
}

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
