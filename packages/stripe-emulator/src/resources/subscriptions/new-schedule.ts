import { blankSubscriptionSchedule } from '../../shapes/subscriptions.ts';
import type { Phase, ScheduleRow } from '../../store/session-rows.ts';
import { newId } from '../../wire/ids.ts';
import type { World } from '../../world.ts';

const DEFAULT_SETTINGS = {
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor: 'automatic',
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  default_payment_method: null,
  description: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    days_until_due: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  on_behalf_of: null,
  transfer_data: null,
};

interface NewSchedule {
  customer: string;
  subscription: string | null;
  phases: Phase[];
  endBehavior: 'release' | 'cancel';
  metadata: Record<string, string>;
  now: number;
}

/** Stores a schedule; it is active when one of its phases contains now. */
export function newSchedule(world: World, fields: NewSchedule): ScheduleRow {
  const current = fields.phases.find(
    (phase) => phase.start_date <= fields.now && fields.now < phase.end_date,
  );
  return world.store.put('subscription_schedule', {
    ...blankSubscriptionSchedule,
    id: newId('sub_sched'),
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: fields.now },
    created: fields.now,
    current_phase: current ? { start_date: current.start_date, end_date: current.end_date } : null,
    customer: fields.customer,
    default_settings: DEFAULT_SETTINGS,
    end_behavior: fields.endBehavior,
    metadata: fields.metadata,
    phases: fields.phases,
    status: current ? 'active' : 'not_started',
    subscription: fields.subscription,
    test_clock: world.store.get('customer', fields.customer)?.test_clock ?? null,
  });
}
