import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import type { PriceRow, Row } from '../../store/rows.ts';
import { invalidRequest, noSuchObject } from '../../wire/errors.ts';
import { page } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { Params } from '../../wire/params.ts';
import { announceUpdate, planOf } from './plan-of.ts';
import { createPrice } from './prices.ts';

/** A plan's parameters under the names that prices give them. */
function asPriceParams(params: Params): Params {
  const { amount, amount_decimal, transform_usage, product, id: _id, ...rest } = params.raw;
  const {
    interval,
    interval_count,
    usage_type,
    meter,
    trial_period_days,
    aggregate_usage: _old,
    ...kept
  } = rest;
  const recurring = { interval, interval_count, usage_type, meter, trial_period_days };
  return new Params({
    ...kept,
    unit_amount: amount,
    unit_amount_decimal: amount_decimal,
    transform_quantity: transform_usage,
    ...(typeof product === 'string' ? { product } : { product_data: product }),
    recurring: Object.fromEntries(Object.entries(recurring).filter(([, value]) => value !== undefined)),
  });
}

function create({ world, params }: Call): Row {
  const id = params.text('id');
  if (id !== undefined && world.store.get('price', id)) {
    throw invalidRequest('Plan already exists.', 'id', 'resource_already_exists');
  }
  return planOf(createPrice(world, asPriceParams(params), id === undefined ? {} : { id }));
}

function requirePlan({ world, id }: Pick<Call, 'world' | 'id'>): PriceRow {
  const price = world.store.get('price', id);
  if (!price?.recurring) throw noSuchObject('plan', id);
  return price;
}

function update(call: Call): Row {
  const { world, params } = call;
  const before = requirePlan(call);
  const after = world.store.put('price', {
    ...before,
    active: params.flag('active') ?? before.active,
    metadata: mergeMetadata(before.metadata, params),
    nickname: params.has('nickname') ? params.textOrNull('nickname') : before.nickname,
  });
  announceUpdate(world, before, after);
  return planOf(after);
}

/** Running subscriptions keep their price; nobody can subscribe to it any more. */
function remove(call: Call) {
  const price = requirePlan(call);
  call.world.store.delete('price', price.id);
  emit(call.world, 'plan.deleted', planOf(price));
  emit(call.world, 'price.deleted', price);
  return { id: price.id, object: 'plan', deleted: true };
}

function list({ world, params }: Call) {
  const active = params.flag('active');
  const product = params.text('product');
  const plans = world.store.all('price').reverse();
  const wanted = plans.filter(
    (row) =>
      row.recurring !== null &&
      (active === undefined || row.active === active) &&
      (!product || row.product === product),
  );
  return page(wanted.map(planOf), { params, url: '/v1/plans', kind: 'plan' });
}

export const planRoutes: Route[] = [
  { method: 'POST', path: '/v1/plans', handler: create },
  { method: 'GET', path: '/v1/plans', handler: list },
  { method: 'GET', path: '/v1/plans/:id', handler: (call) => planOf(requirePlan(call)) },
  { method: 'POST', path: '/v1/plans/:id', handler: update },
  { method: 'DELETE', path: '/v1/plans/:id', handler: remove },
];
