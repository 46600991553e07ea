import { endCustomerDiscount } from '../billing/discounts/held.ts';
import { advanceInvoice } from '../billing/invoicing/advance-invoice.ts';
import { advanceSubscription, nextSubscriptionAction } from '../billing/lifecycle/advance-subscription.ts';
import { advanceScheduleByTime, scheduleDueAt } from '../billing/lifecycle/start-schedule.ts';
import { debitDueAt, settleDebit } from '../payments/settle-debit.ts';
import { expireCode } from '../resources/catalog/promotion-codes.ts';
import { expireSession } from '../resources/sessions/checkout-sessions.ts';
import type { InvoiceRow } from '../store/billing-rows.ts';
import type { Kind, Tables } from '../store/tables.ts';
import type { World } from '../world.ts';

/** What time alone does to the rows of a kind. */
interface Actor<Row> {
  /** When the row acts next; null for never. */
  dueAt(world: World, row: Row): number | null;
  act(world: World, row: Row): void;
}

type Actors = { [K in Kind]?: Actor<Tables[K]> };

const ACTORS = {
  subscription: {
    dueAt: (world, row) => nextSubscriptionAction(world, row)?.at ?? null,
    act: advanceSubscription,
  },
  invoice: { dueAt: (_world, row) => invoiceDueAt(row), act: advanceInvoice },
  subscription_schedule: { dueAt: (_world, row) => scheduleDueAt(row), act: advanceScheduleByTime },
  payment_intent: { dueAt: (_world, row) => debitDueAt(row), act: settleDebit },
  'checkout.session': {
    dueAt: (_world, row) => (row.status === 'open' ? row.expires_at : null),
    act: expireSession,
  },
  customer: { dueAt: (_world, row) => row.discount?.end ?? null, act: endCustomerDiscount },
  coupon: {
    dueAt: (_world, row) => (row.valid ? row.redeem_by : null),
    act: (world, row) => world.store.put('coupon', { ...row, valid: false }),
  },
  promotion_code: { dueAt: (_world, row) => (row.active ? row.expires_at : null), act: expireCode },
} satisfies Actors;

type ActingKind = keyof typeof ACTORS;

export function isActing(kind: string): kind is ActingKind {
  return kind in ACTORS;
}

/** The row as it is stored now, when it is of a kind that time changes. */
function current<K extends ActingKind>(world: World, kind: K, id: string) {
  const row = world.store.get(kind, id);
  // A table's actor takes that table's rows; the compiler cannot follow the pairing through the union.
  const actor = ACTORS[kind] as unknown as Actor<Tables[K]>;
  return row && { row, actor };
}

/** When a stored row acts next; null for never or when it is gone. */
export function dueAt(world: World, kind: ActingKind, id: string): number | null {
  const found = current(world, kind, id);
  return found ? found.actor.dueAt(world, found.row) : null;
}

export function act(world: World, kind: ActingKind, id: string): void {
  const found = current(world, kind, id);
  found?.actor.act(world, found.row);
}

function invoiceDueAt(invoice: InvoiceRow): number | null {
  if (invoice.status === 'draft') return invoice.auto_advance ? invoice.automatically_finalizes_at : null;
  if (invoice.status !== 'open') return null;
  return invoice.next_payment_attempt ?? (invoice._isOverdue ? null : invoice.due_date);
}
