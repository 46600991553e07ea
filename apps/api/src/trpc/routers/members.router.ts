import {
  acceptInvitation,
  changeRole,
  inviteMember,
  readMembers,
  removeMember,
  requirePublicId,
  revokeInvitation,
  toInvitationView,
} from '@metergate/core';
import {
  emailSchema,
  invitationViewSchema,
  memberRoleSchema,
  membersViewSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { z } from 'zod';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { readOrganization } from '../../organizations/read-organization.ts';
import { t } from '../init.ts';
import { adminProcedure, memberProcedure, ownerProcedure, signedInProcedure } from '../procedures.ts';

export const membersRouter = t.router({
  list: memberProcedure
    .output(membersViewSchema)
    .query(({ ctx }) => readMembers(organizationDeps(ctx.container), ctx)),
  invite: adminProcedure
    .input(z.object({ email: emailSchema, role: memberRoleSchema }))
    .output(invitationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container, user } = ctx;
      const { email, role } = input;
      const invitation = await inviteMember(organizationDeps(container), {
        actor,
        organizationId,
        email,
        role,
      });
      const names = new Map([[user.id, user.name || user.email]]);
      return toInvitationView(invitation, { names, now: container.clock.now() });
    }),
  revokeInvitation: adminProcedure
    .input(z.object({ invitationId: z.string() }))
    .output(z.object({ revoked: z.literal(true) }))
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const invitationId = requirePublicId('invitation', input.invitationId);
      await revokeInvitation(organizationDeps(ctx.container), { actor, organizationId, invitationId });
      return { revoked: true as const };
    }),
  acceptInvitation: signedInProcedure
    .input(z.object({ token: z.string().max(200) }))
    .output(z.object({ slug: z.string() }))
    .mutation(async ({ ctx, input }) => {
      const { container, user } = ctx;
      const person = { userId: user.id, email: user.email };
      const joined = await acceptInvitation(organizationDeps(container), { person, token: input.token });
      return { slug: (await readOrganization(container, joined.organizationId)).slug };
    }),
  changeRole: ownerProcedure
    .input(z.object({ userId: z.string(), role: memberRoleSchema }))
    .output(membersViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const { userId, role } = input;
      await changeRole(organizationDeps(ctx.container), { actor, organizationId, userId, role });
      return readMembers(organizationDeps(ctx.container), ctx);
    }),
  remove: adminProcedure
    .input(z.object({ userId: z.string() }))
    .output(membersViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      await removeMember(organizationDeps(ctx.container), { actor, organizationId, userId: input.userId });
      ctx.container.apiKeys.forget();
      return readMembers(organizationDeps(ctx.container), ctx);
    }),
  /** Ends one's own membership; the last owner stays. */
  leave: memberProcedure.output(z.object({ left: z.literal(true) })).mutation(async ({ ctx }) => {
    const { actor, organizationId } = ctx;
    await removeMember(organizationDeps(ctx.container), { actor, organizationId, userId: actor.userId });
    ctx.container.apiKeys.forget();
    return { left: true as const };
  }),
});
