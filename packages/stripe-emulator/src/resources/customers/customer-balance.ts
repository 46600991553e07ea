import { emit, emitChange } from '../../events/emit.ts';
import type { Call, Route } from '../../server/router.ts';
import { blankCustomerBalanceTransaction } from '../../shapes/invoices.ts';
import type { CustomerRow, Row } from '../../store/rows.ts';
import { noSuchObject } from '../../wire/errors.ts';
import { newId } from '../../wire/ids.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { nowFor, type World } from '../../world.ts';
import { requireCustomer } from '../find.ts';

export interface BalanceChange {
  /** Minor units; negative = credit for the customer. */
  amount: number;
  currency: string;
  type: string;
  description?: string | null;
  metadata?: Record<string, string>;
  creditNote?: string | null;
  invoice?: string | null;
}

/** Moves a customer's balance and keeps the movement. */
export function moveBalance(world: World, before: CustomerRow, change: BalanceChange): Row {
  const after = world.store.put('customer', {
    ...before,
    balance: before.balance + change.amount,
    currency: before.currency ?? change.currency,
  });
  const movement = world.store.put('customer_balance_transaction', {
    ...blankCustomerBalanceTransaction,
    id: newId('cbtxn'),
    amount: change.amount,
    created: nowFor(world, before),
    credit_note: change.creditNote ?? null,
    currency: change.currency,
    customer: before.id,
    description: change.description ?? null,
    ending_balance: after.balance,
    invoice: change.invoice ?? null,
    metadata: change.metadata ?? {},
    type: change.type,
  });
  emit(world, 'customer_balance_transaction.created', movement);
  emitChange(world, 'customer.updated', { before, after });
  return movement;
}

function create({ world, params, id }: Call) {
  return moveBalance(world, requireCustomer(world, id), {
    amount: params.requireInteger('amount'),
    currency: params.requireText('currency').toLowerCase(),
    description: params.textOrNull('description'),
    metadata: mergeMetadata({}, params),
    type: 'adjustment',
  });
}

const BASE = '/v1/customers/:id/balance_transactions';

export const customerBalanceRoutes: Route[] = [
  { method: 'POST', path: BASE, handler: create },
  {
    method: 'GET',
    path: BASE,
    handler: ({ world, params, id }) =>
      listOf(world, 'customer_balance_transaction', {
        params,
        url: `/v1/customers/${id}/balance_transactions`,
        matches: (row) => row.customer === id,
      }),
  },
  {
    method: 'GET',
    path: `${BASE}/:subId`,
    handler: ({ world, subId }) => {
      const row = world.store.get('customer_balance_transaction', subId);
      if (!row) throw noSuchObject('customer balance transaction', subId);
      return row;
    },
  },
];
