import { asIs, readItemChanges } from '../../billing/lifecycle/items.ts';
import type { Call, Route } from '../../server/router.ts';
import type { SubscriptionItemRow, SubscriptionRow } from '../../store/billing-rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { page } from '../../wire/lists.ts';
import { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { requireSubscription } from '../find.ts';
import { applyChange, readChange } from './subscription-update.ts';

function holderOf(world: World, id: string): { subscription: SubscriptionRow; item: SubscriptionItemRow } {
  for (const subscription of world.store.newestFirst('subscription')) {
    const item = subscription.items.data.find((candidate) => candidate.id === id);
    if (item && subscription.status !== 'canceled') return { subscription, item };
  }
  throw noSuchObject('subscription_item', id, 'item');
}

/** Items change through their subscription, so that prorations are the same either way. */
function change(call: Call, subscription: SubscriptionRow, entry: Record<string, unknown>): SubscriptionRow {
  const { world, params } = call;
  const base = readChange(
    world,
    new Params({ ...params.raw, items: undefined, metadata: undefined, discounts: undefined }),
    subscription,
  );
  const items = readItemChanges(world, [new Params(entry)], {
    ...subscription,
    current: subscription.items.data,
  });
  return applyChange(world, subscription, { ...base, items });
}

function create(call: Call) {
  const subscription = requireSubscription(
    call.world,
    call.params.requireText('subscription'),
    'subscription',
  );
  const known = new Set(subscription.items.data.map((item) => item.id));
  const after = change(call, subscription, call.params.raw);
  return after.items.data.find((item) => !known.has(item.id)) ?? after;
}

function update(call: Call) {
  const { subscription } = holderOf(call.world, call.id);
  const after = change(call, subscription, { ...call.params.raw, id: call.id });
  return after.items.data.find((item) => item.id === call.id) ?? after;
}

function remove(call: Call) {
  const { subscription } = holderOf(call.world, call.id);
  const kept = subscription.items.data.filter((item) => item.id !== call.id);
  change(call, subscription, { id: call.id, deleted: 'true', quantity: undefined });
  return { id: call.id, object: 'subscription_item', deleted: true, _remaining: kept.map(asIs).length };
}

export const subscriptionItemRoutes: Route[] = [
  { method: 'POST', path: '/v1/subscription_items', handler: create },
  {
    method: 'GET',
    path: '/v1/subscription_items',
    handler: ({ world, params }) => {
      const subscription = requireSubscription(world, params.requireText('subscription'), 'subscription');
      return page(subscription.items.data, {
        params,
        url: '/v1/subscription_items',
        kind: 'subscription_item',
      });
    },
  },
  { method: 'GET', path: '/v1/subscription_items/:id', handler: ({ world, id }) => holderOf(world, id).item },
  { method: 'POST', path: '/v1/subscription_items/:id', handler: update },
  { method: 'DELETE', path: '/v1/subscription_items/:id', handler: remove },
];
