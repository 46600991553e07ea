import type { Row } from '../../store/rows.ts';
import type { CheckoutSessionRow } from '../../store/session-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { orderAmounts } from './checkout-amounts.ts';

const DAY = 86_400;

/** What every session begins with. */
export const INITIAL = {
  adaptive_pricing: { enabled: false },
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_details: null,
  discounts: [],
  invoice: null,
  livemode: false,
  payment_intent: null,
  payment_method_options: null,
  payment_method_types: ['card'],
  setup_intent: null,
  status: 'open' as const,
  subscription: null,
  _pendingPaymentMethod: null,
  _promotionCode: null,
};

/** What depends on the mode: a setup costs nothing, a trial costs nothing yet. */
export function modeFields(
  world: World,
  params: Params,
  { mode, lines, customer }: { mode: CheckoutSessionRow['mode']; lines: Row[]; customer: string | null },
) {
  if (mode === 'setup') {
    return {
      mode,
      amount_subtotal: null,
      amount_total: null,
      payment_status: 'no_payment_required',
      total_details: null,
      _lines: [],
    };
  }
  if (params.flag('allow_promotion_codes') && params.has('discounts')) {
    throw invalidRequest(
      'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      'allow_promotion_codes',
    );
  }
  const order = {
    lines,
    customer,
    currency: currencyOf(params, lines),
    hasTrial: hasTrial(params.sub('subscription_data')?.raw ?? {}),
  };
  const collection = params.text('payment_method_collection') ?? 'always';
  return {
    mode,
    ...orderAmounts(world, order, params.raw.discounts),
    payment_method_collection: mode === 'subscription' ? collection : null,
    payment_status: 'unpaid',
  };
}

export function hasTrial(data: Record<string, unknown>): boolean {
  return Boolean(data.trial_period_days) || Boolean(data.trial_end);
}

export function currencyOf(params: Params, lines: Row[]): string | null {
  const first = lines[0]?.currency;
  return params.text('currency')?.toLowerCase() ?? (typeof first === 'string' ? first : null);
}

export function readExpiry(params: Params, now: number): number {
  const at = params.integer('expires_at');
  if (at === undefined) return now + DAY;
  if (at < now + 1800 || at > now + DAY) {
    throw invalidRequest(
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from now.',
      'expires_at',
    );
  }
  return at;
}
