import {
  emailSchema,
  invitationViewSchema,
  memberRoleSchema,
  membersViewSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { adminProcedure, memberProcedure, ownerProcedure, signedInProcedure } from '../procedures.ts';

export const membersRouter = t.router({
  list: memberProcedure.output(membersViewSchema).query(() => pending()),
  invite: adminProcedure
    .input(z.object({ email: emailSchema, role: memberRoleSchema }))
    .output(invitationViewSchema)
    .mutation(() => pending()),
  revokeInvitation: adminProcedure
    .input(z.object({ invitationId: z.string() }))
    .output(z.object({ revoked: z.literal(true) }))
    .mutation(() => pending()),
  acceptInvitation: signedInProcedure
    .input(z.object({ token: z.string().max(200) }))
    .output(z.object({ slug: z.string() }))
    .mutation(() => pending()),
  changeRole: ownerProcedure
    .input(z.object({ userId: z.string(), role: memberRoleSchema }))
    .output(membersViewSchema)
    .mutation(() => pending()),
  remove: adminProcedure
    .input(z.object({ userId: z.string() }))
    .output(membersViewSchema)
    .mutation(() => pending()),
});
