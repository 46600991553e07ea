import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankProduct } from '../../shapes/catalog.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { requireProduct } from '../find.ts';
import { createPrice } from './prices.ts';

function createProduct({ world, params }: Call) {
  const id = params.text('id') ?? newId('prod');
  if (world.store.get('product', id)) {
    throw invalidRequest(`Product already exists: ${id}`, 'id', 'resource_already_exists');
  }
  const created = world.clock.nowSeconds();
  const product = world.store.put('product', {
    ...blankProduct,
    id,
    active: params.flag('active') ?? true,
    created,
    updated: created,
    default_price: null,
    description: params.textOrNull('description'),
    images: params.texts('images') ?? [],
    marketing_features: params.raw.marketing_features ?? [],
    metadata: mergeMetadata({}, params),
    name: params.requireText('name'),
    statement_descriptor: params.textOrNull('statement_descriptor'),
    tax_code: params.textOrNull('tax_code'),
    type: 'service',
    unit_label: params.textOrNull('unit_label'),
    url: params.textOrNull('url'),
    _features: [],
  });
  emit(world, 'product.created', product);
  const priceParams = params.sub('default_price_data');
  if (!priceParams) return product;
  const price = createPrice(world, priceParams, { product: id });
  return world.store.put('product', { ...product, default_price: price.id });
}

function updateProduct({ world, params, id }: Call) {
  const before = requireProduct(world, id);
  const product = world.store.put('product', {
    ...before,
    active: params.flag('active') ?? before.active,
    default_price: params.has('default_price') ? params.textOrNull('default_price') : before.default_price,
    description: params.has('description') ? params.textOrNull('description') : before.description,
    images: params.texts('images') ?? before.images,
    marketing_features: params.has('marketing_features')
      ? params.raw.marketing_features || []
      : before.marketing_features,
    metadata: mergeMetadata(before.metadata, params),
    name: params.text('name') ?? before.name,
    statement_descriptor: params.text('statement_descriptor') ?? before.statement_descriptor,
    tax_code: params.has('tax_code') ? params.textOrNull('tax_code') : before.tax_code,
    unit_label: params.has('unit_label') ? params.textOrNull('unit_label') : before.unit_label,
    url: params.has('url') ? params.textOrNull('url') : before.url,
    updated: world.clock.nowSeconds(),
  });
  emitChange(world, 'product.updated', { before, after: product });
  return product;
}

function deleteProduct({ world, id }: Call) {
  const product = requireProduct(world, id);
  if (world.store.all('price').some((price) => price.product === id)) {
    throw invalidRequest('This product cannot be deleted because it has one or more user-created prices.');
  }
  world.store.delete('product', id);
  emit(world, 'product.deleted', product);
  return { id, object: 'product', deleted: true };
}

function listProducts({ world, params }: Call) {
  const active = params.flag('active');
  const ids = params.texts('ids');
  return listOf(world, 'product', {
    params,
    url: '/v1/products',
    matches: (row) => (active === undefined || row.active === active) && (!ids || ids.includes(row.id)),
  });
}

export const productRoutes: Route[] = [
  { method: 'POST', path: '/v1/products', handler: createProduct },
  { method: 'GET', path: '/v1/products', handler: listProducts },
  { method: 'GET', path: '/v1/products/:id', handler: ({ world, id }) => requireProduct(world, id) },
  { method: 'POST', path: '/v1/products/:id', handler: updateProduct },
  { method: 'DELETE', path: '/v1/products/:id', handler: deleteProduct },
];
