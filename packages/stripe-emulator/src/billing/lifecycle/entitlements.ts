import { emit } from '../../events/emit.ts';
import type { Row } from '../../store/rows.ts';
import { newId } from '../../wire/ids.ts';
import type { World } from '../../world.ts';

const ENTITLING = ['trialing', 'active', 'past_due'];

/** Recomputes what a customer's live subscriptions entitle them to and announces a change. */
export function refreshEntitlements(world: World, customer: string): void {
  const products = new Set(
    world.store
      .ownedBy('subscription', customer)
      .filter((row) => ENTITLING.includes(row.status))
      .flatMap((row) => row.items.data.map((item) => item.price.product)),
  );
  const features = new Set(
    [...products].flatMap(
      (id) => world.store.get('product', id)?._features.map(({ feature }) => feature) ?? [],
    ),
  );
  const current = world.store.ownedBy('entitlements.active_entitlement', customer);
  const gone = current.filter((row) => !features.has(String(row.feature)));
  const added = [...features].filter((feature) => !current.some((row) => row.feature === feature));
  if (gone.length === 0 && added.length === 0) return;
  for (const row of gone) world.store.delete('entitlements.active_entitlement', row.id);
  for (const feature of added)
    world.store.put('entitlements.active_entitlement', entitlement(world, { feature, customer }));
  const all = world.store.ownedBy('entitlements.active_entitlement', customer);
  emit(world, 'entitlements.active_entitlement_summary.updated', {
    id: '',
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements: {
      object: 'list',
      data: all.slice(0, 10),
      has_more: all.length > 10,
      url: '/v1/entitlements/active_entitlements',
    },
    livemode: false,
  });
}

function entitlement(world: World, { feature, customer }: { feature: string; customer: string }): Row {
  return {
    id: newId('ent'),
    object: 'entitlements.active_entitlement',
    feature,
    livemode: false,
    lookup_key: world.store.get('entitlements.feature', feature)?.lookup_key ?? '',
    _customer: customer,
  };
}
