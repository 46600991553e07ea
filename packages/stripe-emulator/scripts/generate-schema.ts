/**
 * Turns the installed Stripe SDK's own type declarations into JSON Schemas: closed ones for the objects a
 * server may answer, and one per endpoint for the parameters it accepts. The emulator's author did not write
 * these types, so they catch mistakes that a hand-written check would repeat.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endpointTypes } from './endpoint-types.ts';
import { createConverter } from './type-to-schema.ts';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
// The SDK does not export its package.json; its folder is found from the main file.
const stripeRoot = createRequire(import.meta.url)
  .resolve('stripe')
  .replace(/(.*\/node_modules\/stripe)\/.*/, '$1');
const { version } = JSON.parse(readFileSync(join(stripeRoot, 'package.json'), 'utf8'));
const cacheDirectory = join(packageRoot, '.schema-cache');

const OBJECT_ROOTS = [
  'DeletedInvoice',
  'DeletedProduct',
  'DeletedCustomer',
  'DeletedCoupon',
  'DeletedDiscount',
  'DeletedInvoiceItem',
  'DeletedSubscriptionItem',
  'DeletedWebhookEndpoint',
  'DeletedTaxId',
  'DeletedProductFeature',
  'TestHelpers.DeletedTestClock',
  'Invoice',
  'Subscription',
  'SubscriptionSchedule',
  'CreditNote',
  'Dispute',
  'Refund',
  'PromotionCode',
  'CustomerBalanceTransaction',
  'WebhookEndpoint',
  'TaxRate',
  'Token',
  'ProductFeature',
  'InvoiceItem',
  'Checkout.Session',
  'BillingPortal.Session',
  'BillingPortal.Configuration',
  'Billing.Meter',
  'Billing.MeterEvent',
  'Billing.MeterEventSummary',
  'Billing.MeterEventAdjustment',
  'Billing.CreditGrant',
  'Billing.Alert',
  'TestHelpers.TestClock',
  'V2.Billing.MeterEvent',
  'V2.Billing.MeterEventSession',
  'V2.Billing.MeterEventAdjustment',
  'V2.Core.EventDestination',
  'Entitlements.Feature',
  'Entitlements.ActiveEntitlement',
  'Entitlements.ActiveEntitlementSummary',
];

const endpoints = endpointTypes(join(stripeRoot, 'esm', 'resources'));
mkdirSync(cacheDirectory, { recursive: true });
const entry = join(cacheDirectory, 'entry.ts');
const lines = ["import Stripe from 'stripe';"];
OBJECT_ROOTS.forEach((name, index) => {
  lines.push(`export type Object${index} = Stripe.${name};`);
});
endpoints.forEach((endpoint, index) => {
  lines.push(`export type Params${index} = Stripe.${endpoint.params};`);
});
writeFileSync(entry, `${lines.join('\n')}\n`);

const converter = createConverter(entry);
const roots = converter.convertAliases();
const schema = {
  sdkVersion: version,
  endpoints: endpoints.map((endpoint, index) => ({ ...endpoint, schema: roots[`Params${index}`] ?? null })),
  definitions: converter.definitions,
};
writeFileSync(join(cacheDirectory, `stripe-${version}.json`), JSON.stringify(schema));
process.stdout.write(
  `${endpoints.length} endpoints, ${Object.keys(schema.definitions).length} definitions for stripe@${version}\n`,
);
