import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankTaxRate } from '../../shapes/catalog.ts';
import type { Row } from '../../store/rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';

function requireTaxRate(world: World, id: string, param = 'id'): Row {
  const rate = world.store.get('tax_rate', id);
  if (!rate) throw noSuchObject('tax rate', id, param);
  return rate;
}

/** Reads a list of tax rate ids; undefined when it was not sent, empty when it was sent empty. */
export function readTaxRates(world: World, params: Params, name: string): Row[] | undefined {
  return params
    .texts(name)
    ?.map((id, index) => requireTaxRate(world, id, `${params.nameOf(name)}[${index}]`));
}

function readPercentage(params: Params): number {
  const text = params.requireText('percentage');
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(text) || Number(text) > 100) {
    throw invalidRequest('Invalid percentage: must be between 0 and 100', 'percentage');
  }
  return Number(text);
}

function create({ world, params }: Call) {
  const inclusive = params.flag('inclusive');
  if (inclusive === undefined) throw missingParameter('inclusive');
  const percentage = readPercentage(params);
  const rate = world.store.put('tax_rate', {
    ...blankTaxRate,
    id: newId('txr'),
    active: params.flag('active') ?? true,
    country: params.textOrNull('country'),
    created: world.clock.nowSeconds(),
    description: params.textOrNull('description'),
    display_name: params.requireText('display_name'),
    effective_percentage: percentage,
    inclusive,
    jurisdiction: params.textOrNull('jurisdiction'),
    metadata: mergeMetadata({}, params),
    percentage,
    rate_type: 'percentage',
    state: params.textOrNull('state'),
    tax_type: params.textOrNull('tax_type'),
  });
  emit(world, 'tax_rate.created', rate);
  return rate;
}

function update({ world, params, id }: Call) {
  const before = requireTaxRate(world, id);
  const text = (name: string) => (params.has(name) ? params.textOrNull(name) : before[name]);
  const after = world.store.put('tax_rate', {
    ...before,
    active: params.flag('active') ?? before.active,
    description: text('description'),
    display_name: params.text('display_name') ?? before.display_name,
    jurisdiction: text('jurisdiction'),
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
    tax_type: text('tax_type'),
  });
  emitChange(world, 'tax_rate.updated', { before, after });
  return after;
}

export const taxRateRoutes: Route[] = [
  { method: 'POST', path: '/v1/tax_rates', handler: create },
  {
    method: 'GET',
    path: '/v1/tax_rates',
    handler: ({ world, params }) => {
      const active = params.flag('active');
      const inclusive = params.flag('inclusive');
      const matches = (row: Row) =>
        (active === undefined || row.active === active) &&
        (inclusive === undefined || row.inclusive === inclusive);
      return listOf(world, 'tax_rate', { params, url: '/v1/tax_rates', matches });
    },
  },
  { method: 'GET', path: '/v1/tax_rates/:id', handler: ({ world, id }) => requireTaxRate(world, id) },
  { method: 'POST', path: '/v1/tax_rates/:id', handler: update },
];
