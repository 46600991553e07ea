import {
  createOrganizationSchema,
  organizationViewSchema,
  sessionViewSchema,
  updateOrganizationSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { memberProcedure, ownerProcedure, signedInProcedure } from '../procedures.ts';

export const organizationsRouter = t.router({
  session: signedInProcedure.output(sessionViewSchema).query(() => pending()),
  create: signedInProcedure
    .input(createOrganizationSchema.pick({ name: true, currency: true, timeZone: true }))
    .output(organizationViewSchema)
    .mutation(() => pending()),
  get: memberProcedure.output(organizationViewSchema).query(() => pending()),
  update: ownerProcedure
    .input(updateOrganizationSchema)
    .output(organizationViewSchema)
    .mutation(() => pending()),
  transfer: ownerProcedure
    .input(z.object({ userId: z.string() }))
    .output(organizationViewSchema)
    .mutation(() => pending()),
  close: ownerProcedure
    .input(z.object({ confirmName: z.string() }))
    .output(organizationViewSchema)
    .mutation(() => pending()),
});
