import type { SubscriptionRow } from '../../store/billing-rows.ts';
import { invalidRequest } from '../../wire/errors.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import type { Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';
import { readTaxRates } from '../catalog/tax-rates.ts';
import { requirePaymentMethod } from '../find.ts';

/** The plain fields that creating and updating a subscription share; absent parameters change nothing. */
export function readFields(
  world: World,
  params: Params,
  before: Partial<SubscriptionRow> & { customer: string },
): Partial<SubscriptionRow> {
  const fields: Partial<SubscriptionRow> = { metadata: mergeMetadata(before.metadata ?? {}, params) };
  if (params.has('description')) fields.description = params.textOrNull('description');
  if (params.has('days_until_due')) fields.days_until_due = params.integer('days_until_due') ?? null;
  const collection = params.choice('collection_method', ['charge_automatically', 'send_invoice']);
  if (collection) fields.collection_method = collection;
  if (params.has('default_payment_method'))
    fields.default_payment_method = readMethod(world, params, before.customer);
  const taxRates = readTaxRates(world, params, 'default_tax_rates');
  if (taxRates) fields.default_tax_rates = taxRates;
  return { ...fields, ...readSettings(params, before), ...readPause(params) };
}

/** What is kept as it was sent: it decides little or nothing here. */
function readSettings(params: Params, before: Partial<SubscriptionRow>): Partial<SubscriptionRow> {
  const fields: Partial<SubscriptionRow> = {};
  const tax = params.sub('automatic_tax')?.flag('enabled');
  // Tax is never computed here; the flag is kept and every tax is nothing.
  if (tax !== undefined) {
    fields.automatic_tax = { disabled_reason: null, enabled: tax, liability: tax ? { type: 'self' } : null };
  }
  const trialSettings = params.sub('trial_settings')?.sub('end_behavior');
  if (trialSettings) {
    const missing = trialSettings.choice('missing_payment_method', ['cancel', 'create_invoice', 'pause']);
    fields.trial_settings = {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: missing ?? 'create_invoice' },
    };
  }
  const settings = params.sub('payment_settings');
  if (settings) {
    fields.payment_settings = {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: settings.text('save_default_payment_method') ?? 'off',
    };
  }
  const comments = params.sub('cancellation_details');
  if (comments) {
    fields.cancellation_details = {
      comment: comments.textOrNull('comment'),
      feedback: comments.textOrNull('feedback'),
      feedback_option: null,
      reason: before.cancellation_details?.reason ?? null,
    };
  }
  return fields;
}

function readPause(params: Params): Partial<SubscriptionRow> {
  if (!params.has('pause_collection')) return {};
  const pause = params.sub('pause_collection');
  if (!pause) return { pause_collection: null };
  const behavior =
    pause.choice('behavior', ['keep_as_draft', 'mark_uncollectible', 'void']) ?? 'keep_as_draft';
  return { pause_collection: { behavior, resumes_at: pause.integer('resumes_at') ?? null } };
}

function readMethod(world: World, params: Params, customer: string): string | null {
  const id = params.textOrNull('default_payment_method');
  if (id === null) return null;
  const method = requirePaymentMethod(world, id, 'default_payment_method');
  if (method.customer !== customer) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      'default_payment_method',
      'resource_missing',
    );
  }
  return id;
}

/** `cancel_at_period_end` and `cancel_at`; Stripe shows both while a cancellation at period end is pending. */
export function readCancellation(
  params: Params,
  before: SubscriptionRow,
  now: number,
): Partial<SubscriptionRow> {
  const ends = before.items.data.map((item) => item.current_period_end);
  const end = before.status === 'trialing' ? (before.trial_end ?? Math.max(...ends)) : Math.max(...ends);
  const atEnd = params.flag('cancel_at_period_end');
  if (atEnd === true) return pendingCancel({ at: end, isAtEnd: true }, before, now);
  if (atEnd === false && !params.has('cancel_at')) return noCancel(before);
  if (!params.has('cancel_at')) return {};
  const when = params.textOrNull('cancel_at');
  if (when === null) return noCancel(before);
  if (when === 'min_period_end') return pendingCancel({ at: Math.min(...ends), isAtEnd: false }, before, now);
  if (when === 'max_period_end') return pendingCancel({ at: end, isAtEnd: false }, before, now);
  return pendingCancel({ at: params.requireInteger('cancel_at'), isAtEnd: false }, before, now);
}

function pendingCancel(
  { at, isAtEnd }: { at: number; isAtEnd: boolean },
  before: SubscriptionRow,
  now: number,
): Partial<SubscriptionRow> {
  return {
    cancel_at: at,
    cancel_at_period_end: isAtEnd,
    canceled_at: now,
    cancellation_details: { ...noDetails(before), reason: 'cancellation_requested' },
  };
}

function noCancel(before: SubscriptionRow): Partial<SubscriptionRow> {
  return {
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { ...noDetails(before), reason: null },
  };
}

function noDetails(before: SubscriptionRow) {
  const details = before.cancellation_details;
  return { comment: details?.comment ?? null, feedback: details?.feedback ?? null, feedback_option: null };
}
