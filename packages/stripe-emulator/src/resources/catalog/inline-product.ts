import { emit } from '../../events/emit.ts';
import { newId } from '../../wire/ids.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';

/** The product that a price names, or the one that is made along with it. */
export function productOf(world: World, params: Params): string {
  const inline = params.sub('product_data');
  if (!inline) return params.requireText('product');
  const created = world.store.put('product', {
    ...requireInlineProduct(world, inline),
  });
  emit(world, 'product.created', created);
  return created.id;
}

function requireInlineProduct(world: World, params: Params) {
  const now = world.clock.nowSeconds();
  return {
    id: newId('prod'),
    object: 'product',
    active: true,
    created: now,
    updated: now,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: mergeMetadata({}, params),
    name: params.requireText('name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    url: null,
    _features: [],
  };
}
