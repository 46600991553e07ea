import { readDiscounts } from '../../resources/catalog/discount-params.ts';
import { addPendingItem } from '../../resources/invoices/invoiceitems.ts';
import type { SubscriptionRow } from '../../store/billing-rows.ts';
import type { Phase } from '../../store/session-rows.ts';
import { isRecord, Params } from '../../wire/params.ts';
import type { World } from '../../world.ts';

function wantedEntries(discounts: unknown): Record<string, unknown>[] {
  return (Array.isArray(discounts) ? discounts : [])
    .filter(isRecord)
    .map((entry) => Object.fromEntries(Object.entries(entry).filter(([, id]) => id !== null)));
}

function rateIds(rates: unknown): unknown[] | undefined {
  const ids = (Array.isArray(rates) ? rates : []).filter(isRecord).map((rate) => rate.id);
  return ids.length === 0 ? undefined : ids;
}

/** The parameters of the subscription that a schedule's first phase makes. */
export function paramsOfPhase(phase: Phase, customer: string): Params {
  const { collection_method, default_payment_method, description, invoice_settings, add_invoice_items } =
    phase;
  const extras = (Array.isArray(add_invoice_items) ? add_invoice_items : []).filter(isRecord);
  const fields = {
    customer,
    items: phase.items.map(({ price, quantity, metadata, tax_rates, discounts }) =>
      present({
        price,
        quantity,
        metadata,
        tax_rates: rateIds(tax_rates),
        discounts: wantedEntries(discounts),
      }),
    ),
    metadata: phase.metadata,
    currency: phase.currency,
    collection_method,
    default_payment_method,
    default_tax_rates: rateIds(phase.default_tax_rates),
    description,
    days_until_due: isRecord(invoice_settings) ? invoice_settings.days_until_due : undefined,
    discounts: wantedEntries(phase.discounts),
    trial_end: phase.trial_end,
    add_invoice_items: extras.map(({ price, quantity }) => ({ price, quantity })),
  };
  return new Params(present(fields));
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** The discounts a phase names, redeemed for the customer; undefined when it names none. */
export function phaseDiscounts(
  world: World,
  discounts: unknown,
  owner: { customer: string; currency: string },
): string[] | undefined {
  const entries = wantedEntries(discounts);
  if (entries.length === 0) return undefined;
  return readDiscounts(world, new Params({ discounts: entries }), owner);
}

/** What entering a phase changes of the subscription besides its items. */
export function phaseFields(
  world: World,
  before: SubscriptionRow,
  { phase, isEntered }: { phase: Phase; isEntered: boolean },
): Partial<SubscriptionRow> {
  const discounts = isEntered ? phaseDiscounts(world, phase.discounts, before) : undefined;
  const { collection_method, default_payment_method, default_tax_rates, description, invoice_settings } =
    phase;
  const fields: Partial<SubscriptionRow> = {};
  if (phase.metadata && Object.keys(phase.metadata).length > 0)
    fields.metadata = { ...before.metadata, ...phase.metadata };
  if (collection_method === 'send_invoice' || collection_method === 'charge_automatically')
    fields.collection_method = collection_method;
  if (typeof default_payment_method === 'string') fields.default_payment_method = default_payment_method;
  if (Array.isArray(default_tax_rates) && default_tax_rates.length > 0)
    fields.default_tax_rates = default_tax_rates;
  if (typeof description === 'string') fields.description = description;
  if (isRecord(invoice_settings)) fields.days_until_due = Number(invoice_settings.days_until_due);
  if (discounts) fields.discounts = discounts;
  return fields;
}

/** A phase's one-off amounts wait for the next invoice. */
export function addPhaseExtras(world: World, subscription: SubscriptionRow, phase: Phase): void {
  const extras = Array.isArray(phase.add_invoice_items) ? phase.add_invoice_items.filter(isRecord) : [];
  for (const { price, quantity, metadata } of extras) {
    addPendingItem(world, new Params({ price, quantity, metadata }), {
      customer: subscription.customer,
      currency: subscription.currency,
      subscription: subscription.id,
    });
  }
}
