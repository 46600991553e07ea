import {
  closeOrganization,
  createOrganization,
  setAutoBuySeats,
  toOrganizationView,
  transferOwnership,
  updateOrganization,
} from '@metergate/core';
import {
  autoBuySeatsSchema,
  createOrganizationSchema,
  organizationViewSchema,
  sessionViewSchema,
  updateOrganizationSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { z } from 'zod';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { readOrganization } from '../../organizations/read-organization.ts';
import { readSessionView } from '../../organizations/session-view.ts';
import { t } from '../init.ts';
import { memberProcedure, ownerProcedure, signedInProcedure } from '../procedures.ts';

export const organizationsRouter = t.router({
  session: signedInProcedure
    .output(sessionViewSchema)
    .query(({ ctx }) => readSessionView(ctx.container, ctx.user)),
  create: signedInProcedure
    .input(createOrganizationSchema.pick({ name: true, currency: true, timeZone: true }))
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { id: userId, email } = ctx.user;
      const { organization } = await createOrganization(organizationDeps(ctx.container), {
        input: { ...input, email },
        owner: { userId, email },
      });
      return toOrganizationView(organization);
    }),
  get: memberProcedure
    .output(organizationViewSchema)
    .query(({ ctx }) => readOrganization(ctx.container, ctx.organizationId)),
  update: ownerProcedure
    .input(updateOrganizationSchema)
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const { organization: _reference, ...changes } = input;
      const updated = await updateOrganization(organizationDeps(ctx.container), {
        actor,
        organizationId,
        input: changes,
      });
      return toOrganizationView(updated);
    }),
  setAutoBuySeats: ownerProcedure
    .input(autoBuySeatsSchema)
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId, container } = ctx;
      const { max } = input;
      const agreed = await setAutoBuySeats(organizationDeps(container), { actor, organizationId, max });
      // The next person to join is decided about with the new number, in this process at once.
      container.metering.entitlements.forget(organizationId);
      return toOrganizationView(agreed);
    }),
  transfer: ownerProcedure
    .input(z.object({ userId: z.string() }))
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      await transferOwnership(organizationDeps(ctx.container), {
        actor,
        organizationId,
        userId: input.userId,
      });
      return readOrganization(ctx.container, organizationId);
    }),
  close: ownerProcedure
    .input(z.object({ confirmName: z.string() }))
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { actor, organizationId } = ctx;
      const { confirmName } = input;
      const closed = await closeOrganization(organizationDeps(ctx.container), {
        actor,
        organizationId,
        confirmName,
      });
      return toOrganizationView(closed);
    }),
});
