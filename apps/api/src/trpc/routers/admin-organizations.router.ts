import {
  adminOrganizationFilterSchema,
  adminOrganizationRowSchema,
  adminOrganizationViewSchema,
  driftRowSchema,
} from '@metergate/core/admin/admin.schemas';
import { invoiceListItemSchema } from '@metergate/core/invoices/invoices.schemas';
import {
  limitViewSchema,
  overrideInputSchema,
  receiptViewSchema,
} from '@metergate/core/limits/limits.schemas';
import {
  createOrganizationSchema,
  organizationViewSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import {
  createSubscriptionInputSchema,
  subscriptionViewSchema,
} from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import { t } from '../init.ts';
import { pending } from '../pending.ts';
import { billingOpsProcedure, supportProcedure } from '../procedures.ts';

export const adminOrganizationsRouter = t.router({
  list: supportProcedure
    .input(pageQuerySchema.extend(adminOrganizationFilterSchema.shape))
    .output(
      pageSchema(adminOrganizationRowSchema).extend({
        approximateCount: z.number().int(),
        views: z.record(z.string(), z.number().int()),
      }),
    )
    .query(() => pending()),
  get: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(adminOrganizationViewSchema)
    .query(() => pending()),
  create: billingOpsProcedure
    .input(createOrganizationSchema)
    .output(organizationViewSchema)
    .mutation(() => pending()),
  startSubscription: billingOpsProcedure
    .input(
      createSubscriptionInputSchema.extend({
        organization: z.string(),
        reason: z.string().trim().min(3).max(500),
      }),
    )
    .output(subscriptionViewSchema)
    .mutation(() => pending()),
  drift: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(z.array(driftRowSchema))
    .query(() => pending()),
  resync: billingOpsProcedure
    .input(z.object({ organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(z.array(driftRowSchema))
    .mutation(() => pending()),
  limits: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(z.array(limitViewSchema))
    .query(() => pending()),
  setOverride: billingOpsProcedure
    .input(overrideInputSchema.extend({ organization: z.string() }))
    .output(z.array(limitViewSchema))
    .mutation(() => pending()),
  endOverride: billingOpsProcedure
    .input(
      z.object({ organization: z.string(), feature: z.string(), reason: z.string().trim().min(3).max(500) }),
    )
    .output(z.array(limitViewSchema))
    .mutation(() => pending()),
  invoices: supportProcedure
    .input(pageQuerySchema.extend({ organization: z.string() }))
    .output(pageSchema(invoiceListItemSchema))
    .query(() => pending()),
  decisions: supportProcedure
    .input(pageQuerySchema.extend({ organization: z.string(), feature: z.string().optional() }))
    .output(pageSchema(receiptViewSchema))
    .query(() => pending()),
  suspend: billingOpsProcedure
    .input(z.object({ organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(organizationViewSchema)
    .mutation(() => pending()),
  restore: billingOpsProcedure
    .input(z.object({ organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(organizationViewSchema)
    .mutation(() => pending()),
});
