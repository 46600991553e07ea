import {
  createOrganization,
  restoreOrganization,
  suspendOrganization,
  toOrganizationView,
} from '@metergate/core';
import {
  adminOrganizationFilterSchema,
  adminOrganizationRowSchema,
  adminOrganizationViewSchema,
} from '@metergate/core/admin/admin.schemas';
import { invoiceFilterSchema, invoiceListItemSchema } from '@metergate/core/invoices/invoices.schemas';
import { listInvoices } from '@metergate/core/invoices/read/read-invoices';
import {
  limitViewSchema,
  overrideInputSchema,
  receiptViewSchema,
} from '@metergate/core/limits/limits.schemas';
import { listLimits } from '@metergate/core/limits/reading/list-limits';
import {
  createOrganizationSchema,
  organizationViewSchema,
} from '@metergate/core/organizations/organizations.schemas';
import { driftRowSchema } from '@metergate/core/payments/drift/drift.schemas';
import { readDrift, resyncOrganization } from '@metergate/core/payments/drift/reconcile-organization';
import { listRefusedUsage } from '@metergate/core/payments/refused-usage/list-refused-usage';
import {
  refusedUsageViewSchema,
  reportAgainAnswerSchema,
  reportAgainSchema,
} from '@metergate/core/payments/refused-usage/refused-usage.schemas';
import { reportAgain } from '@metergate/core/payments/refused-usage/report-again';
import { pageQuerySchema, pageSchema } from '@metergate/core/shared/page';
import {
  createSubscriptionInputSchema,
  subscriptionViewSchema,
} from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import { decisionFilterSchema, listDecisions } from '../../admin/list-decisions.ts';
import { listOrganizations } from '../../admin/list-organizations.ts';
import { endOverride, overrideLimit } from '../../admin/override-limit.ts';
import { readOrganizationPage } from '../../admin/read-organization.ts';
import { startSubscription } from '../../admin/start-subscription.ts';
import { billUsageDeps } from '../../invoices/bill-usage-deps.ts';
import { invoiceDeps } from '../../invoices/invoice-deps.ts';
import { organizationDeps } from '../../organizations/organization-deps.ts';
import { requireOrganization } from '../../organizations/require-organization.ts';
import { limitReadingOf } from '../../usage/limit-reading.ts';
import { t } from '../init.ts';
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
    .query(({ ctx, input }) => listOrganizations(ctx.container, input)),
  get: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(adminOrganizationViewSchema)
    .query(async ({ ctx, input }) => {
      const organization = await requireOrganization(ctx.container, input.organization);
      return readOrganizationPage(ctx.container, organization, ctx.actor);
    }),
  create: billingOpsProcedure
    .input(createOrganizationSchema)
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input }) => {
      const { organization } = await createOrganization(organizationDeps(ctx.container), {
        actor: ctx.actor,
        input,
      });
      return toOrganizationView(organization);
    }),
  startSubscription: billingOpsProcedure
    .input(
      createSubscriptionInputSchema.extend({
        organization: z.string(),
        reason: z.string().trim().min(3).max(500),
      }),
    )
    .output(subscriptionViewSchema)
    .mutation(async ({ ctx, input: { organization: reference, reason, ...input } }) => {
      const organization = await requireOrganization(ctx.container, reference);
      return startSubscription(ctx.container, organization, { actor: ctx.actor, input, reason });
    }),
  drift: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(z.array(driftRowSchema))
    .query(async ({ ctx, input }) => {
      const { id: organizationId } = await requireOrganization(ctx.container, input.organization);
      return readDrift(ctx.container.background.sync, { actor: ctx.actor, organizationId });
    }),
  resync: billingOpsProcedure
    .input(z.object({ organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(z.array(driftRowSchema))
    .mutation(async ({ ctx, input }) => {
      const { id: organizationId } = await requireOrganization(ctx.container, input.organization);
      const request = { actor: ctx.actor, organizationId, reason: input.reason };
      return resyncOrganization(ctx.container.background.sync, request);
    }),
  refusedUsage: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(z.array(refusedUsageViewSchema))
    .query(async ({ ctx, input }) => {
      const { id: organizationId } = await requireOrganization(ctx.container, input.organization);
      return listRefusedUsage(ctx.container, { actor: ctx.actor, organizationId });
    }),
  reportAgain: billingOpsProcedure
    .input(reportAgainSchema.extend({ organization: z.string() }))
    .output(reportAgainAnswerSchema)
    .mutation(async ({ ctx, input: { organization, ...input } }) => {
      const { id: organizationId } = await requireOrganization(ctx.container, organization);
      const answer = await reportAgain(billUsageDeps(ctx.container), {
        actor: ctx.actor,
        organizationId,
        input,
      });
      ctx.container.wake();
      return answer;
    }),
  limits: supportProcedure
    .input(z.object({ organization: z.string() }))
    .output(z.array(limitViewSchema))
    .query(async ({ ctx, input }) => {
      const { id } = await requireOrganization(ctx.container, input.organization);
      return listLimits(limitReadingOf(ctx.container), { organizationId: id });
    }),
  setOverride: billingOpsProcedure
    .input(overrideInputSchema.extend({ organization: z.string() }))
    .output(z.array(limitViewSchema))
    .mutation(async ({ ctx, input: { organization, ...input } }) => {
      const { id } = await requireOrganization(ctx.container, organization);
      return overrideLimit(ctx.container, { actor: ctx.actor, organizationId: id }, input);
    }),
  endOverride: billingOpsProcedure
    .input(
      z.object({ organization: z.string(), feature: z.string(), reason: z.string().trim().min(3).max(500) }),
    )
    .output(z.array(limitViewSchema))
    .mutation(async ({ ctx, input: { organization, ...input } }) => {
      const { id } = await requireOrganization(ctx.container, organization);
      return endOverride(ctx.container, { actor: ctx.actor, organizationId: id }, input);
    }),
  invoices: supportProcedure
    .input(pageQuerySchema.extend({ organization: z.string() }))
    .output(pageSchema(invoiceListItemSchema))
    .query(async ({ ctx, input }) => {
      const { id } = await requireOrganization(ctx.container, input.organization);
      const { limit, cursor } = input;
      const query = { ...invoiceFilterSchema.parse({}), limit, cursor };
      return listInvoices(invoiceDeps(ctx.container), { organizationId: id, input: query });
    }),
  decisions: supportProcedure
    .input(decisionFilterSchema.extend({ organization: z.string() }))
    .output(pageSchema(receiptViewSchema))
    .query(async ({ ctx, input: { organization, ...filter } }) => {
      const { id } = await requireOrganization(ctx.container, organization);
      return await listDecisions(ctx.container, id, filter);
    }),
  suspend: billingOpsProcedure
    .input(z.object({ organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input: { organization, reason } }) => {
      const { id: organizationId } = await requireOrganization(ctx.container, organization);
      const deps = organizationDeps(ctx.container);
      const suspended = await suspendOrganization(deps, { actor: ctx.actor, organizationId, reason });
      return toOrganizationView(suspended);
    }),
  restore: billingOpsProcedure
    .input(z.object({ organization: z.string(), reason: z.string().trim().min(3).max(500) }))
    .output(organizationViewSchema)
    .mutation(async ({ ctx, input: { organization, reason } }) => {
      const { id: organizationId } = await requireOrganization(ctx.container, organization);
      const deps = organizationDeps(ctx.container);
      const restored = await restoreOrganization(deps, { actor: ctx.actor, organizationId, reason });
      return toOrganizationView(restored);
    }),
});
