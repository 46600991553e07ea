import { markPaid } from '../../billing/invoicing/finalize.ts';
import { emit, emitChange } from '../../events/emit.ts';
import { refundCharge } from '../../payments/refund-charge.ts';
import type { Call, Route } from '../../server/router.ts';
import type { InvoiceRow } from '../../store/billing-rows.ts';
import type { Row } from '../../store/rows.ts';
import { invalidRequest, missingParameter, noSuchObject } from '../../wire/errors.ts';
import { listOf, page } from '../../wire/lists.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import { customerNow, type World } from '../../world.ts';
import { moveBalance } from '../customers/customer-balance.ts';
import { requireInvoice } from '../find.ts';
import { draftNote } from './credit-note-draft.ts';

function create(call: Call) {
  const { world, params } = call;
  const { note, invoice, total } = draftNote(call);
  world.store.put('credit_note', note);
  if (invoice.status === 'open') reduceOpen(world, invoice, total);
  else settlePaid(world, { note, invoice, total, params });
  const stored = world.store.get('credit_note', note.id) ?? note;
  emit(world, 'credit_note.created', stored);
  return stored;
}

/** An open invoice asks for less; nothing left to pay makes it paid. */
function reduceOpen(world: World, before: InvoiceRow, total: number): void {
  const after = world.store.put('invoice', {
    ...before,
    amount_remaining: before.amount_remaining - total,
    amount_due: before.amount_due - total,
    pre_payment_credit_notes_amount: before.pre_payment_credit_notes_amount + total,
  });
  const intent = after._paymentIntent ? world.store.get('payment_intent', after._paymentIntent) : undefined;
  if (intent && after.amount_remaining > 0)
    world.store.put('payment_intent', { ...intent, amount: after.amount_remaining });
  emitChange(world, 'invoice.updated', { before, after });
  if (after.amount_remaining === 0) markPaid(world, after, { amountPaid: 0 });
}

/** A paid invoice's credit goes back to the card, to the customer's balance or outside Stripe. */
function settlePaid(
  world: World,
  { note, invoice, total, params }: { note: Row; invoice: InvoiceRow; total: number; params: Params },
): void {
  const refund = params.integer('refund_amount') ?? 0;
  const credit = params.integer('credit_amount') ?? 0;
  const outside = params.integer('out_of_band_amount') ?? 0;
  if (refund + credit + outside !== total) {
    throw invalidRequest(
      'The sum of credit_amount, refund_amount and out_of_band_amount must equal the credit note amount.',
      'refund_amount',
    );
  }
  const after = world.store.put('invoice', {
    ...invoice,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + total,
  });
  emitChange(world, 'invoice.updated', { before: invoice, after });
  const customer = world.store.get('customer', invoice.customer);
  if (credit > 0 && customer) {
    const movement = moveBalance(world, customer, {
      amount: -credit,
      currency: invoice.currency,
      type: 'credit_note',
      creditNote: note.id,
      invoice: invoice.id,
    });
    world.store.put('credit_note', { ...note, customer_balance_transaction: movement.id });
  }
  if (refund === 0) return;
  const intent = invoice._paymentIntent
    ? world.store.get('payment_intent', invoice._paymentIntent)
    : undefined;
  const charge = intent?.latest_charge ? world.store.get('charge', intent.latest_charge) : undefined;
  if (!charge) throw missingParameter('credit_amount');
  const row = refundCharge(world, charge, { amount: refund, reason: null, metadata: {} });
  const current = world.store.get('credit_note', note.id) ?? note;
  const refunds = [{ amount_refunded: refund, payment_record_refund: null, refund: row.id, type: 'refund' }];
  world.store.put('credit_note', { ...current, refunds });
}

function requireNote(world: World, id: string): Row {
  const note = world.store.get('credit_note', id);
  if (!note) throw noSuchObject('credit note', id);
  return note;
}

/** Only a note on an open invoice can be taken back. */
function voidNote({ world, id }: Call) {
  const before = requireNote(world, id);
  const invoice = requireInvoice(world, String(before.invoice));
  if (before.status === 'void' || invoice.status !== 'open')
    throw invalidRequest('This credit note cannot be voided.');
  const after = world.store.put('credit_note', {
    ...before,
    status: 'void',
    voided_at: customerNow(world, invoice.customer),
  });
  const total = Number(before.total);
  world.store.put('invoice', {
    ...invoice,
    amount_remaining: invoice.amount_remaining + total,
    amount_due: invoice.amount_due + total,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - total,
  });
  emitChange(world, 'credit_note.voided', { before, after });
  return after;
}

function update({ world, params, id }: Call) {
  const before = requireNote(world, id);
  const memo = params.has('memo') ? params.textOrNull('memo') : before.memo;
  const after = world.store.put('credit_note', {
    ...before,
    memo,
    metadata: mergeMetadata({ ...Object(before.metadata) }, params),
  });
  emitChange(world, 'credit_note.updated', { before, after });
  return after;
}

function linesOf(note: Row): Row[] {
  const { data } = { data: [], ...Object(note.lines) };
  return data;
}

export const creditNoteRoutes: Route[] = [
  { method: 'POST', path: '/v1/credit_notes', handler: create },
  { method: 'GET', path: '/v1/credit_notes/preview', handler: (call) => draftNote(call).note },
  {
    method: 'GET',
    path: '/v1/credit_notes',
    handler: ({ world, params }) => {
      const invoice = params.text('invoice');
      const customer = params.text('customer');
      const matches = (row: Row) =>
        (!invoice || row.invoice === invoice) && (!customer || row.customer === customer);
      return listOf(world, 'credit_note', { params, url: '/v1/credit_notes', matches });
    },
  },
  { method: 'GET', path: '/v1/credit_notes/:id', handler: ({ world, id }) => requireNote(world, id) },
  { method: 'POST', path: '/v1/credit_notes/:id', handler: update },
  { method: 'POST', path: '/v1/credit_notes/:id/void', handler: voidNote },
  {
    method: 'GET',
    path: '/v1/credit_notes/:id/lines',
    handler: ({ world, params, id }) =>
      page(linesOf(requireNote(world, id)), {
        params,
        url: `/v1/credit_notes/${id}/lines`,
        kind: 'credit_note_line_item',
      }),
  },
];
