import { advanceInvoice } from '../billing/invoicing/advance-invoice.ts';
import { advanceSubscription, nextSubscriptionAction } from '../billing/lifecycle/advance-subscription.ts';
import { advanceScheduleByTime, scheduleDueAt } from '../billing/lifecycle/start-schedule.ts';
import { debitDueAt, settleDebit } from '../payments/bank-debit.ts';
import { expireSession } from '../resources/sessions/checkout-sessions.ts';
import type { InvoiceRow } from '../store/billing-rows.ts';
import type { Row } from '../store/rows.ts';
import type { Kind } from '../store/tables.ts';
import type { World } from '../world.ts';
import { DueQueue } from './due-queue.ts';

const STEPS_MAX = 1_000_000;
/** The kinds of rows that time alone changes. */
const ACTING = [
  'subscription',
  'invoice',
  'checkout.session',
  'subscription_schedule',
  'payment_intent',
] as const;

/** Queues of what happens when: one for the account's clock, one for each test clock. */
export class Schedule {
  readonly #queues = new Map<string, DueQueue>();

  /** Called whenever a row is stored. */
  note(world: World, kind: Kind, row: Row): void {
    const at = dueAt(world, kind, row);
    if (at === undefined) return;
    this.#queue(clockOf(row)).set(`${kind} ${row.id}`, at);
  }

  /** Does everything that is due until `until` (seconds) in order of time; `enter` moves the clock there. */
  run(
    world: World,
    clock: string,
    { until, enter }: { until: number; enter: (at: number, work: () => void) => void },
  ): number {
    const queue = this.#queue(clock);
    let steps = 0;
    for (let next = queue.peek(until); next; next = queue.peek(until)) {
      const { key, at } = next;
      const [kind, id = ''] = key.split(' ');
      enter(at, () => act(world, kind ?? '', id));
      this.#requeue(world, { kind: kind ?? '', id, at });
      world.store.commit();
      steps += 1;
      if (steps > STEPS_MAX) throw new Error(`more than ${STEPS_MAX} due actions: ${key} does not settle`);
    }
    return steps;
  }

  forget(): void {
    this.#queues.clear();
  }

  /** An action that left its object due at the same time would never end. */
  #requeue(world: World, { kind, id, at }: { kind: string; id: string; at: number }): void {
    const acting = ACTING.find((name) => name === kind);
    const row = acting && world.store.get(acting, id);
    if (!row) {
      for (const queue of this.#queues.values()) queue.set(`${kind} ${id}`, null);
      return;
    }
    const next = dueAt(world, acting, row);
    if (next === at && kind !== 'subscription') throw new Error(`${kind} ${id} stays due at ${at}`);
  }

  #queue(clock: string): DueQueue {
    let queue = this.#queues.get(clock);
    if (!queue) {
      queue = new DueQueue();
      this.#queues.set(clock, queue);
    }
    return queue;
  }
}

/** Checkout sessions have no `test_clock` on the wire but follow their customer's. */
function clockOf(row: Row): string {
  const clock = row.test_clock ?? row._clock;
  return typeof clock === 'string' ? clock : '';
}

/** When a row acts next, null for never, undefined for kinds that never act. */
function dueAt(world: World, kind: Kind, row: Row): number | null | undefined {
  switch (kind) {
    case 'subscription': {
      const subscription = world.store.get('subscription', row.id);
      return subscription ? (nextSubscriptionAction(world, subscription)?.at ?? null) : null;
    }
    case 'invoice': {
      const invoice = world.store.get('invoice', row.id);
      return invoice ? invoiceDueAt(invoice) : null;
    }
    case 'subscription_schedule': {
      const schedule = world.store.get('subscription_schedule', row.id);
      return schedule ? scheduleDueAt(schedule) : null;
    }
    case 'payment_intent': {
      const intent = world.store.get('payment_intent', row.id);
      return intent ? debitDueAt(intent) : null;
    }
    case 'checkout.session': {
      const session = world.store.get('checkout.session', row.id);
      return session?.status === 'open' ? session.expires_at : null;
    }
    default:
      return undefined;
  }
}

function invoiceDueAt(invoice: InvoiceRow): number | null {
  if (invoice.status === 'draft') return invoice.auto_advance ? invoice.automatically_finalizes_at : null;
  if (invoice.status !== 'open') return null;
  return invoice.next_payment_attempt ?? (invoice._isOverdue ? null : invoice.due_date);
}

function act(world: World, kind: string, id: string): void {
  if (kind === 'subscription') {
    const subscription = world.store.get('subscription', id);
    if (subscription) advanceSubscription(world, subscription);
  }
  if (kind === 'invoice') {
    const invoice = world.store.get('invoice', id);
    if (invoice) advanceInvoice(world, invoice);
  }
  if (kind === 'subscription_schedule') {
    const schedule = world.store.get('subscription_schedule', id);
    if (schedule) advanceScheduleByTime(world, schedule);
  }
  if (kind === 'payment_intent') {
    const intent = world.store.get('payment_intent', id);
    if (intent) settleDebit(world, intent);
  }
  if (kind === 'checkout.session') {
    const session = world.store.get('checkout.session', id);
    if (session) expireSession(world, session);
  }
}
