import type { Route } from '../../server/router.ts';
import type { Kind } from '../../store/tables.ts';
import { searchOf } from '../../wire/search.ts';

const SEARCHABLE: [string, Kind][] = [
  ['products', 'product'],
  ['prices', 'price'],
  ['customers', 'customer'],
  ['subscriptions', 'subscription'],
  ['invoices', 'invoice'],
  ['charges', 'charge'],
  ['payment_intents', 'payment_intent'],
];

export const searchRoutes: Route[] = SEARCHABLE.map(([name, kind]) => ({
  method: 'GET',
  path: `/v1/${name}/search`,
  handler: ({ world, params }) => searchOf(world, kind, { params, url: `/v1/${name}/search` }),
}));
