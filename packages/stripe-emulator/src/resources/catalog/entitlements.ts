import { refreshEntitlements } from '../../billing/lifecycle/entitlements.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankEntitlementsFeature } from '../../shapes/catalog.ts';
import type { FeatureRow } from '../../store/session-rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf, page } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { render } from '../../wire/render.ts';
import type { World } from '../../world.ts';
import { requireProduct } from '../find.ts';

function requireFeature(world: World, id: string, param = 'id'): FeatureRow {
  const feature = world.store.get('entitlements.feature', id);
  if (!feature) throw noSuchObject('feature', id, param);
  return feature;
}

function create({ world, params }: Call) {
  const key = params.requireText('lookup_key');
  if (world.store.all('entitlements.feature').some((row) => row.lookup_key === key && row.active)) {
    throw invalidRequest(`An active feature with lookup_key ${key} already exists.`, 'lookup_key');
  }
  return world.store.put('entitlements.feature', {
    ...blankEntitlementsFeature,
    id: newId('feat'),
    active: true,
    lookup_key: key,
    metadata: mergeMetadata({}, params),
    name: params.requireText('name'),
  });
}

function update({ world, params, id }: Call) {
  const before = requireFeature(world, id);
  return world.store.put('entitlements.feature', {
    ...before,
    active: params.flag('active') ?? before.active,
    metadata: mergeMetadata(before.metadata, params),
    name: params.text('name') ?? before.name,
  });
}

const wire = (world: World, link: { id: string; feature: string }) => ({
  id: link.id,
  object: 'product_feature',
  entitlement_feature: render(requireFeature(world, link.feature)),
  livemode: false,
});

/** Whoever is subscribed to the product gains or loses the feature at once. */
function refreshCustomers(world: World): void {
  for (const customer of new Set(world.store.all('subscription').map((row) => row.customer)))
    refreshEntitlements(world, customer);
}

function attach({ world, params, id }: Call) {
  const product = requireProduct(world, id);
  const feature = requireFeature(world, params.requireText('entitlement_feature'), 'entitlement_feature');
  const link = { id: newId('prodft'), feature: feature.id };
  world.store.put('product', { ...product, _features: [...product._features, link] });
  refreshCustomers(world);
  return wire(world, link);
}

function detach({ world, id, subId }: Call) {
  const product = requireProduct(world, id);
  const kept = product._features.filter((link) => link.id !== subId);
  if (kept.length === product._features.length) throw noSuchObject('product feature', subId);
  world.store.put('product', { ...product, _features: kept });
  refreshCustomers(world);
  return { id: subId, object: 'product_feature', deleted: true };
}

const ACTIVE = '/v1/entitlements/active_entitlements';

export const entitlementRoutes: Route[] = [
  { method: 'POST', path: '/v1/entitlements/features', handler: create },
  {
    method: 'GET',
    path: '/v1/entitlements/features',
    handler: ({ world, params }) => {
      const key = params.text('lookup_key');
      return listOf(world, 'entitlements.feature', {
        params,
        url: '/v1/entitlements/features',
        matches: (row) => !key || row.lookup_key === key,
      });
    },
  },
  {
    method: 'GET',
    path: '/v1/entitlements/features/:id',
    handler: ({ world, id }) => requireFeature(world, id),
  },
  { method: 'POST', path: '/v1/entitlements/features/:id', handler: update },
  {
    method: 'GET',
    path: ACTIVE,
    handler: ({ world, params }) => {
      const customer = params.requireText('customer');
      return listOf(world, 'entitlements.active_entitlement', {
        params,
        url: ACTIVE,
        matches: (row) => row._customer === customer,
      });
    },
  },
  { method: 'POST', path: '/v1/products/:id/features', handler: attach },
  {
    method: 'GET',
    path: '/v1/products/:id/features',
    handler: ({ world, params, id }) =>
      page(
        requireProduct(world, id)._features.map((link) => wire(world, link)),
        { params, url: `/v1/products/${id}/features`, kind: 'product_feature' },
      ),
  },
  { method: 'DELETE', path: '/v1/products/:id/features/:subId', handler: detach },
];
