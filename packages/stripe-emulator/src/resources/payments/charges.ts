import type { Route } from '../../server/router.ts';
import type { ChargeRow } from '../../store/rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';

export const chargeRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/charges',
    handler: ({ world, params }) => {
      const customer = params.text('customer');
      const intent = params.text('payment_intent');
      const matches = (row: ChargeRow) =>
        (!customer || row.customer === customer) && (!intent || row.payment_intent === intent);
      return listOf(world, 'charge', { params, url: '/v1/charges', matches });
    },
  },
  {
    method: 'GET',
    path: '/v1/charges/:id',
    handler: ({ world, id }) => {
      const charge = world.store.get('charge', id);
      if (!charge) throw noSuchObject('charge', id);
      return charge;
    },
  },
];
