import { emitChange } from '../../events/emit.ts';
import { refundCharge } from '../../payments/refund-charge.ts';
import type { Call, Route } from '../../server/router.ts';
import type { ChargeRow, Row } from '../../store/rows.ts';
import { missingParameter, noSuchObject } from '../../wire/errors.ts';
import { listOf } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { World } from '../../world.ts';

function chargeOf({ world, params }: Call): ChargeRow {
  const intentId = params.text('payment_intent');
  const id =
    params.text('charge') ?? (intentId && world.store.get('payment_intent', intentId)?.latest_charge);
  if (!id) throw missingParameter('charge');
  const charge = world.store.get('charge', id);
  if (!charge) throw noSuchObject('charge', id, 'charge');
  return charge;
}

function create(call: Call) {
  const charge = chargeOf(call);
  return refundCharge(call.world, charge, {
    amount: call.params.integer('amount') ?? charge.amount - charge.amount_refunded,
    reason: call.params.textOrNull('reason'),
    metadata: mergeMetadata({}, call.params),
  });
}

function requireRefund(world: World, id: string): Row {
  const row = world.store.get('refund', id);
  if (!row) throw noSuchObject('refund', id);
  return row;
}

function update({ world, params, id }: Call) {
  const before = requireRefund(world, id);
  const after = world.store.put('refund', {
    ...before,
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
  });
  emitChange(world, 'refund.updated', { before, after });
  emitChange(world, 'charge.refund.updated', { before, after });
  return after;
}

export const refundRoutes: Route[] = [
  { method: 'POST', path: '/v1/refunds', handler: create },
  {
    method: 'GET',
    path: '/v1/refunds',
    handler: ({ world, params }) => {
      const charge = params.text('charge');
      const intent = params.text('payment_intent');
      const matches = (row: Row) =>
        (!charge || row.charge === charge) && (!intent || row.payment_intent === intent);
      return listOf(world, 'refund', { params, url: '/v1/refunds', matches });
    },
  },
  { method: 'GET', path: '/v1/refunds/:id', handler: ({ world, id }) => requireRefund(world, id) },
  { method: 'POST', path: '/v1/refunds/:id', handler: update },
];
