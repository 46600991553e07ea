import { requireCard, storeCard } from '../payments/store-card.ts';
import type { PaymentMethodRow } from '../store/rows.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { World } from '../world.ts';
import { type Html, html } from './layout.ts';

/** The card fields every payment page shares. Of a refused card nothing is shown again but the holder's name. */
export function cardFields(values: Record<string, unknown> = {}): Html {
  return html`
<label for="cardNumber">Card number</label>
<input id="cardNumber" name="cardNumber" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242" required>
<div class="pair">
<div><label for="cardExpiry">Expiration (MM / YY)</label><input id="cardExpiry" name="cardExpiry" inputmode="numeric" autocomplete="cc-exp" placeholder="12 / 34" required></div>
<div><label for="cardCvc">CVC</label><input id="cardCvc" name="cardCvc" inputmode="numeric" autocomplete="cc-csc" placeholder="123" required></div>
</div>
<label for="billingName">Name on card</label>
<input id="billingName" name="billingName" autocomplete="cc-name" value="${values.billingName ?? ''}" required>`;
}

export function readCardForm(world: World, form: Record<string, unknown>): PaymentMethodRow {
  const text = (name: string) => String(form[name] ?? '').trim();
  const card = requireCard(text('cardNumber'));
  const [, month, year] = /^(\d{1,2})\s*\/?\s*(\d{2}|\d{4})$/.exec(text('cardExpiry')) ?? [];
  const expMonth = Number(month ?? 0);
  const expYear = year?.length === 2 ? 2000 + Number(year) : Number(year ?? 0);
  if (expMonth < 1 || expMonth > 12) throw invalidRequest("Your card's expiration date is invalid.");
  const now = new Date(world.clock.nowMs());
  const isPast = expYear * 12 + expMonth < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
  if (isPast) throw invalidRequest("Your card's expiration date is in the past.");
  if (!/^\d{3,4}$/.test(text('cardCvc'))) throw invalidRequest("Your card's security code is incomplete.");
  return storeCard(world, card, {
    expMonth,
    expYear,
    name: text('billingName'),
    email: text('email') || null,
  });
}

/** Runs page work as one request: kept when it succeeds, undone (but for a failed charge's traces) when not. */
export function attempt(world: World, work: () => void): string | null {
  try {
    work();
    world.store.commit();
    return null;
  } catch (error) {
    world.store.rollback();
    if (error instanceof Error && 'fields' in error) return error.message;
    throw error;
  }
}

/** How a page names a stored payment method. */
export function methodLabel(method: PaymentMethodRow): string {
  if (method.card) {
    const { brand, last4 } = method.card;
    return `${brand.charAt(0).toUpperCase()}${brand.slice(1)} •••• ${last4}`;
  }
  const account = Object(method[method.type]);
  return `${method.type === 'sepa_debit' ? 'SEPA debit' : 'Bank account'} •••• ${account.last4}`;
}
