import { emit, emitChange } from '../../events/emit.ts';
import type { InvoiceRow, SubscriptionRow } from '../../store/billing-rows.ts';
import type { World } from '../../world.ts';
import { refreshEntitlements } from './entitlements.ts';

/** Without an attempt to pay it, Stripe voids a resumption's invoice after this time. */
const RESUMPTION_SECONDS = 23 * 3600;

/** paused → active, with what the resumption made of it. */
export function activate(
  world: World,
  before: SubscriptionRow,
  resumption: Partial<SubscriptionRow>,
): SubscriptionRow {
  const { status_details: _over, ...current } = world.store.get('subscription', before.id) ?? before;
  const active = world.store.put('subscription', {
    ...current,
    ...resumption,
    status: 'active',
    _pendingInvoice: null,
    _resumption: null,
    _resumesWith: null,
  });
  emit(world, 'customer.subscription.resumed', active);
  emitChange(world, 'customer.subscription.updated', { before, after: active });
  refreshEntitlements(world, before.customer);
  return active;
}

/** The invoice that a resumption waited for was paid or forgiven. */
export function finishResumption(world: World, before: SubscriptionRow, invoice: InvoiceRow): void {
  if (before.status !== 'paused' || before._resumesWith !== invoice.id) return;
  activate(world, before, before._resumption ?? {});
}

/** Its invoice was voided: the subscription stays paused. */
export function forgetResumption(world: World, before: SubscriptionRow, invoice: InvoiceRow): void {
  if (before._resumesWith !== invoice.id) return;
  world.store.put('subscription', { ...before, _resumption: null, _resumesWith: null });
}

/** When the invoice of a resumption that nobody tries to pay is voided. */
export function resumptionEndsAt(world: World, { _resumesWith }: SubscriptionRow): number | null {
  const invoice = _resumesWith ? world.store.get('invoice', _resumesWith) : undefined;
  return invoice ? invoice.created + RESUMPTION_SECONDS : null;
}
