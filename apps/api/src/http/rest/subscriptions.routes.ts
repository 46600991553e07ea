import { quoteChange } from '@metergate/core/payments/change/quote-change';
import { ensureCustomer } from '@metergate/core/payments/purchase/ensure-customer';
import { openPortal } from '@metergate/core/payments/purchase/open-portal';
import {
  checkoutInputSchema,
  checkoutSessionViewSchema,
  createSubscriptionInputSchema,
  quoteInputSchema,
  quoteViewSchema,
} from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import { purchaseDeps } from '../../billing/purchase-deps.ts';
import { toQuoteView } from '../../billing/quote-view.ts';
import * as commands from '../../billing/subscription-commands.ts';
import { defineRoute } from './route.ts';
import {
  base,
  callerOf,
  endSubscriptions,
  org,
  restSubscriptionSchema,
  textField,
  withSubscription,
} from './subscription-route.ts';

const listRoute = defineRoute({
  method: 'get',
  path: `${base}/subscriptions`,
  scope: 'billing:read',
  summary: 'Subscriptions of an organization, newest first',
  query: z.object({ includeEnded: z.enum(['true', 'false']).default('false') }),
  answers: { 200: z.object({ items: z.array(restSubscriptionSchema) }) },
  example: { params: org, status: 200 },
  handle: async (request) => {
    const items = await commands.listSubscriptions(callerOf(request), request.query.includeEnded === 'true');
    return { body: { items } };
  },
});

const getRoute = defineRoute({
  method: 'get',
  path: `${base}/subscriptions/{id}`,
  scope: 'billing:read',
  summary: 'One subscription',
  answers: { 200: restSubscriptionSchema },
  example: { status: 200, prepare: (call) => withSubscription(call) },
  handle: async (request) => ({ body: await commands.getSubscription(callerOf(request), request.params.id) }),
});

const customerRoute = defineRoute({
  method: 'post',
  path: `${base}/customer`,
  scope: 'billing:write',
  summary: 'Make sure the organization is a customer at Stripe; the same one every time',
  answers: { 200: z.object({ stripeCustomerId: z.string() }) },
  example: { params: org, status: 200 },
  handle: async ({ container, actor, organizationId }) => {
    const { stripeCustomerId } = await ensureCustomer(purchaseDeps(container), { organizationId, actor });
    return { body: { stripeCustomerId } };
  },
});

// Bodies that ask for a price are refused whole: whoever sends an amount must not believe that it counted.
const createRoute = defineRoute({
  method: 'post',
  path: `${base}/subscriptions`,
  scope: 'billing:write',
  summary: 'Start a subscription with a saved payment method',
  body: createSubscriptionInputSchema.strict(),
  answers: { 201: restSubscriptionSchema },
  example: {
    params: org,
    body: { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' },
    status: 201,
    prepare: async (call) => {
      await endSubscriptions(call);
      return {};
    },
  },
  handle: async (request) => ({ status: 201, body: await commands.buy(callerOf(request), request.body) }),
});

const checkoutRoute = defineRoute({
  method: 'post',
  path: `${base}/checkout-sessions`,
  scope: 'billing:write',
  summary: 'Open the hosted checkout for a new plan',
  body: checkoutInputSchema.strict(),
  answers: { 201: checkoutSessionViewSchema },
  example: {
    params: org,
    body: {
      family: 'agent-studio',
      plan: 'pro',
      interval: 'year',
      quantity: '3',
      returnPath: '/acme/billing',
    },
    status: 201,
  },
  handle: async (request) => ({
    status: 201,
    body: await commands.checkout(callerOf(request), request.body),
  }),
});

const portalRoute = defineRoute({
  method: 'post',
  path: `${base}/portal-sessions`,
  scope: 'billing:write',
  summary: "Open Stripe's portal for the organization",
  body: z.object({ returnPath: z.string().max(500).optional() }),
  answers: { 201: z.object({ url: z.string() }) },
  example: { params: org, body: {}, status: 201 },
  handle: async ({ container, actor, organizationId, body }) => {
    const organizationSlug = await commands.slugOf({ container, organizationId });
    const portal = await openPortal(purchaseDeps(container), {
      actor,
      organizationId,
      organizationSlug,
      ...body,
    });
    return { status: 201, body: portal };
  },
});

const quoteRoute = defineRoute({
  method: 'post',
  path: `${base}/quotes`,
  scope: 'billing:write',
  summary: 'Price a change of plan, interval or quantity; valid for ten minutes',
  body: quoteInputSchema.strict(),
  answers: { 201: quoteViewSchema },
  example: {
    params: org,
    body: { family: 'voice-ops', plan: 'business' },
    status: 201,
    prepare: async (call) => {
      await withSubscription(call);
      return {};
    },
  },
  handle: async ({ container, actor, organizationId, body }) => {
    const quote = await quoteChange(purchaseDeps(container), { actor, organizationId, wish: body });
    return { status: 201, body: toQuoteView(quote) };
  },
});

const acceptRoute = defineRoute({
  method: 'post',
  path: `${base}/quotes/{quote}/accept`,
  scope: 'billing:write',
  summary: 'Carry out a quote: charges exactly what it says, or answers 409 with both figures',
  answers: { 200: restSubscriptionSchema },
  example: {
    status: 200,
    prepare: async (call) => {
      await withSubscription(call);
      const quote = await call('post', '/v1/organizations/acme/billing/quotes', {
        family: 'voice-ops',
        plan: 'business',
      });
      return { params: { ...org, quote: textField(quote, 'id') } };
    },
  },
  handle: async (request) => ({ body: await commands.accept(callerOf(request), request.params.quote) }),
});

export const subscriptionRoutes = [
  listRoute,
  getRoute,
  customerRoute,
  createRoute,
  checkoutRoute,
  portalRoute,
  quoteRoute,
  acceptRoute,
];
