import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from '@metergate/testing';
import { StripeSync } from '@supabase/stripe-sync-engine';
import Stripe from 'stripe';

const apiVersion = '2026-10-28.endive';

/** Read again at Stripe whatever an event names: the engine's own answer to events of the same second. */
const REVALIDATED = [
  'charge',
  'credit_note',
  'customer',
  'dispute',
  'invoice',
  'payment_intent',
  'payment_method',
  'plan',
  'price',
  'product',
  'refund',
  'setup_intent',
  'subscription',
  'subscription_schedule',
  'tax_id',
  'entitlements',
] satisfies NonNullable<ConstructorParameters<typeof StripeSync>[0]['revalidateObjectsViaStripeApi']>;

/** The event types that the engine handles; it throws at all others. */
export const HANDLED_EVENTS = [
  ...prefixed('charge', ['captured', 'failed', 'pending', 'refunded', 'succeeded', 'updated']),
  ...prefixed('charge.dispute', ['created', 'funds_reinstated', 'funds_withdrawn', 'updated', 'closed']),
  ...prefixed('checkout.session', [
    'completed',
    'expired',
    'async_payment_failed',
    'async_payment_succeeded',
  ]),
  ...prefixed('customer', [
    'created',
    'updated',
    'deleted',
    'tax_id.created',
    'tax_id.updated',
    'tax_id.deleted',
  ]),
  ...prefixed('customer.subscription', [
    'created',
    'deleted',
    'paused',
    'resumed',
    'updated',
    'trial_will_end',
    'pending_update_applied',
    'pending_update_expired',
  ]),
  ...prefixed('invoice', [
    'created',
    'finalized',
    'finalization_failed',
    'paid',
    'payment_action_required',
    'payment_failed',
    'payment_succeeded',
    'sent',
    'voided',
    'marked_uncollectible',
    'updated',
  ]),
  ...prefixed('product', ['created', 'updated', 'deleted']),
  ...prefixed('price', ['created', 'updated', 'deleted']),
  ...prefixed('plan', ['created', 'updated', 'deleted']),
  ...prefixed('setup_intent', ['canceled', 'created', 'requires_action', 'setup_failed', 'succeeded']),
  ...prefixed('subscription_schedule', [
    'aborted',
    'canceled',
    'completed',
    'created',
    'expiring',
    'released',
    'updated',
  ]),
  ...prefixed('payment_method', ['attached', 'automatically_updated', 'detached', 'updated']),
  ...prefixed('payment_intent', [
    'amount_capturable_updated',
    'canceled',
    'created',
    'payment_failed',
    'processing',
    'requires_action',
    'succeeded',
  ]),
  ...prefixed('credit_note', ['created', 'updated', 'voided']),
  ...prefixed('refund', ['created', 'failed', 'updated']),
  'entitlements.active_entitlement_summary.updated',
  'invoice_payment.paid',
];

function prefixed(family: string, names: string[]): string[] {
  return names.map((name) => `${family}.${name}`);
}

export interface Address {
  host: string;
  port: number;
  protocol: 'http';
}

/**
 * The engine's own migrations. Its `runMigrations` looks for them beside a `__dirname` that ES modules do not have,
 * and one of them gives a trigger function to a role "postgres", which only a superuser may do.
 */
async function migrate(owner: TestDatabase['owner']): Promise<void> {
  const folder = new URL('./migrations/', import.meta.resolve('@supabase/stripe-sync-engine'));
  await owner.query('create schema if not exists stripe');
  for (const file of (await readdir(folder)).sort()) {
    const text = await readFile(fileURLToPath(new URL(file, folder)), 'utf8');
    await owner.query(text.replaceAll(/^alter function \w+\(\) owner to postgres;$/gm, ''));
  }
}

/** The published engine over a database of its own, talking to a Stripe at another address. */
export async function startEngine(
  { owner, ownerUrl }: TestDatabase,
  { address, webhookSecret }: { address: Address; webhookSecret: string },
): Promise<StripeSync> {
  await migrate(owner);
  const engine = new StripeSync({
    poolConfig: { connectionString: ownerUrl, max: 5 },
    stripeSecretKey: 'sk_test_mirror',
    stripeWebhookSecret: webhookSecret,
    stripeApiVersion: apiVersion,
    autoExpandLists: true,
    revalidateObjectsViaStripeApi: REVALIDATED,
  });
  // It has no setting for the address; its SDK has.
  engine.stripe = new Stripe('sk_test_mirror', { ...address, apiVersion, telemetry: false });
  return engine;
}
