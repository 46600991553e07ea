import { emit } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankTaxId } from '../../shapes/payments.ts';
import type { Row } from '../../store/rows.ts';
import { missingParameter, noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { nowFor } from '../../world.ts';
import { requireCustomer } from '../find.ts';

function create({ world, params, id }: Call) {
  const customer = requireCustomer(world, id);
  const type = params.requireText('type');
  const value = params.requireText('value');
  const taxId = world.store.put('tax_id', {
    ...blankTaxId,
    id: newId('txi'),
    country: /^[a-z]{2}_/.test(type) ? type.slice(0, 2).toUpperCase() : null,
    created: nowFor(world, customer),
    customer: id,
    owner: { customer: id, customer_account: null, type: 'customer' },
    type,
    value,
    // Nothing is looked up: a tax id stays unverified here.
    verification: { status: 'pending', verified_address: null, verified_name: null },
  });
  emit(world, 'customer.tax_id.created', taxId);
  return taxId;
}

function requireTaxId({ world, id, subId }: Call): Row {
  const taxId = world.store.get('tax_id', subId);
  if (taxId?.customer !== id) throw noSuchObject('tax_id', subId);
  return taxId;
}

/** The same call as below its customer. */
function ofAnybody(call: Call): Call {
  const customer = call.world.store.get('tax_id', call.id)?.customer;
  return { ...call, id: String(customer), subId: call.id };
}

function remove(call: Call) {
  const taxId = requireTaxId(call);
  call.world.store.delete('tax_id', taxId.id);
  emit(call.world, 'customer.tax_id.deleted', taxId);
  return { id: taxId.id, object: 'tax_id', deleted: true };
}

const BASE = '/v1/customers/:id/tax_ids';

export const taxIdRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/tax_ids',
    handler: ({ world, params }) => listOf(world, 'tax_id', { params, url: '/v1/tax_ids' }),
  },
  {
    method: 'POST',
    path: '/v1/tax_ids',
    handler: (call) => {
      const owner = call.params.sub('owner')?.requireText('customer');
      if (owner === undefined) throw missingParameter('owner[customer]');
      return create({ ...call, id: owner });
    },
  },
  { method: 'GET', path: '/v1/tax_ids/:id', handler: (call) => requireTaxId(ofAnybody(call)) },
  { method: 'DELETE', path: '/v1/tax_ids/:id', handler: (call) => remove(ofAnybody(call)) },
  { method: 'POST', path: BASE, handler: create },
  {
    method: 'GET',
    path: BASE,
    handler: ({ world, params, id }) =>
      listOf(world, 'tax_id', {
        params,
        url: `/v1/customers/${id}/tax_ids`,
        matches: (row) => row.customer === id,
      }),
  },
  { method: 'GET', path: `${BASE}/:subId`, handler: requireTaxId },
  { method: 'DELETE', path: `${BASE}/:subId`, handler: remove },
];
