import { requirePublicId } from '@metergate/core';
import { paymentMethodViewSchema } from '@metergate/core/invoices/invoices.schemas';
import {
  attachPaymentMethod,
  listPaymentMethods,
  removePaymentMethod,
  startCardSetup,
} from '@metergate/core/payments/methods/payment-methods';
import { z } from 'zod';
import { purchaseDeps } from '../../billing/purchase-deps.ts';
import { defineRoute } from './route.ts';

const path = '/v1/organizations/{org}/billing/payment-methods';
const listSchema = z.object({ items: z.array(paymentMethodViewSchema) });
const addBodySchema = z.object({
  /** A payment method collected with Stripe's own form; absent = answer a page where a card is entered. */
  paymentMethod: z.string().min(1).max(200).optional(),
  /** Where that page leads back to. */
  returnPath: z.string().max(500).default('/'),
});

const listRoute = defineRoute({
  method: 'get',
  path,
  scope: 'billing:read',
  summary: 'Saved payment methods, the default first',
  answers: { 200: listSchema },
  example: { status: 200 },
  handle: async ({ container, organizationId }) => ({
    body: { items: await listPaymentMethods(purchaseDeps(container), { organizationId }) },
  }),
});

const addRoute = defineRoute({
  method: 'post',
  path,
  scope: 'billing:write',
  summary: 'Save a payment method as the default, or get a page where a card is entered',
  body: addBodySchema,
  answers: { 200: z.object({ url: z.string() }), 201: listSchema },
  example: { body: { paymentMethod: 'pm_card_visa' }, status: 201 },
  handle: async ({ container, actor, organizationId, body }) => {
    const { paymentMethod, returnPath } = body;
    const deps = purchaseDeps(container);
    if (paymentMethod === undefined) {
      return { status: 200, body: await startCardSetup(deps, { actor, organizationId, returnPath }) };
    }
    const request = { actor, organizationId, stripePaymentMethodId: paymentMethod };
    return { status: 201, body: { items: await attachPaymentMethod(deps, request) } };
  },
});

const removeRoute = defineRoute({
  method: 'delete',
  path: `${path}/{id}`,
  scope: 'billing:write',
  summary: 'Remove a payment method; refused for the last one while a plan has to be paid',
  answers: { 200: listSchema },
  example: {
    status: 200,
    async prepare(call) {
      const url = path.replace('{org}', 'acme');
      await call('post', url, { paymentMethod: 'pm_card_visa' });
      const { items } = listSchema.parse(await call('post', url, { paymentMethod: 'pm_card_mastercard' }));
      return { params: { id: items[0]?.id ?? '' } };
    },
  },
  handle: async ({ container, actor, organizationId, params }) => {
    const paymentMethodId = requirePublicId('paymentMethod', params.id);
    const items = await removePaymentMethod(purchaseDeps(container), {
      actor,
      organizationId,
      paymentMethodId,
    });
    return { body: { items } };
  },
});

export const paymentMethodRoutes = [listRoute, addRoute, removeRoute];
