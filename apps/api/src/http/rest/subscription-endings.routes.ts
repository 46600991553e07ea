import { changeAtSchema, promotionCodeSchema } from '@metergate/core/subscriptions/subscriptions.schemas';
import { z } from 'zod';
import * as commands from '../../billing/subscription-commands.ts';
import { defineRoute, type RestAnswer } from './route.ts';
import { base, callerOf, restSubscriptionSchema, withSubscription } from './subscription-route.ts';

const cancelRoute = defineRoute({
  method: 'post',
  path: `${base}/subscriptions/{id}/cancel`,
  scope: 'billing:write',
  summary: 'End a subscription now or at the end of the paid period',
  body: z.object({ at: changeAtSchema.default('period_end'), reason: z.string().max(500).optional() }),
  answers: { 200: restSubscriptionSchema, 202: restSubscriptionSchema },
  example: {
    body: { at: 'period_end', reason: 'Season is over' },
    status: 200,
    prepare: (call) => withSubscription(call),
  },
  handle: async (request) =>
    endingAnswer(
      await commands.cancel(callerOf(request), { subscriptionId: request.params.id, ...request.body }),
    ),
});

const pauseRoute = defineRoute({
  method: 'post',
  path: `${base}/subscriptions/{id}/pause`,
  scope: 'billing:write',
  summary: 'Stop the service and its renewals until it is resumed; the running period is not refunded',
  body: z.object({ reason: z.string().max(500).optional() }),
  answers: { 200: restSubscriptionSchema, 202: restSubscriptionSchema },
  example: { body: { reason: 'Season is over' }, status: 200, prepare: (call) => withSubscription(call) },
  handle: async (request) =>
    endingAnswer(
      await commands.pause(callerOf(request), { subscriptionId: request.params.id, ...request.body }),
    ),
});

const resumeRoute = defineRoute({
  method: 'post',
  path: `${base}/subscriptions/{id}/resume`,
  scope: 'billing:write',
  summary: 'Take back a cancellation, or go on after a pause on the old renewal dates',
  answers: { 200: restSubscriptionSchema, 202: restSubscriptionSchema },
  example: { status: 200, prepare: (call) => withSubscription(call) },
  handle: async (request) => endingAnswer(await commands.resume(callerOf(request), request.params.id)),
});

const undoRoute = defineRoute({
  method: 'delete',
  path: `${base}/subscriptions/{id}/scheduled-change`,
  scope: 'billing:write',
  summary: 'Drop a change that was to take place later',
  answers: { 200: restSubscriptionSchema, 202: restSubscriptionSchema },
  example: { status: 200, prepare: (call) => withSubscription(call) },
  handle: async (request) => endingAnswer(await commands.undoChange(callerOf(request), request.params.id)),
});

const redeemRoute = defineRoute({
  method: 'post',
  path: `${base}/subscriptions/{id}/discounts`,
  scope: 'billing:write',
  summary: 'Redeem a promotion code for coming invoices; the same coupon counts once',
  body: z.object({ code: promotionCodeSchema }),
  answers: { 200: restSubscriptionSchema },
  example: { status: 404, body: { code: 'SPRING-2027' }, prepare: (call) => withSubscription(call) },
  handle: async (request) => ({
    body: await commands.redeem(callerOf(request), {
      subscriptionId: request.params.id,
      code: request.body.code,
    }),
  }),
});

export const subscriptionEndingRoutes = [redeemRoute, cancelRoute, pauseRoute, resumeRoute, undoRoute];

function endingAnswer({ view, queued }: commands.EndingAnswer): RestAnswer {
  return queued ? { status: 202, body: { ...view, queued: true } } : { body: view };
}
