import { notFound } from '@metergate/core';
import type { DemoWorld, Tenant } from './demo-world.ts';

/**
 * Somebody sells a plan in Stripe's dashboard that this catalogue does not know, and takes it back. The events of it
 * cannot be applied: they are given up after their attempts and wait for a person.
 */
export async function sellUnknownPrice({ container, emulator }: DemoWorld, tenant: Tenant): Promise<void> {
  const { organizationId } = tenant;
  const account = await container.unitOfWork.run(organizationId, (tx) =>
    tx.billingAccounts.find(organizationId),
  );
  const customer = account?.stripeCustomerId;
  if (customer === undefined || customer === null) throw notFound('customer');
  const product = await emulator.dashboard('/v1/products', { name: 'Onboarding package' });
  const price = await emulator.dashboard('/v1/prices', {
    product: product.id,
    currency: 'usd',
    unit_amount: '25000',
    'recurring[interval]': 'month',
  });
  const subscription = await emulator.dashboard('/v1/subscriptions', {
    customer,
    'items[0][price]': price.id,
    'billing_mode[type]': 'flexible',
  });
  await emulator.cancelInDashboard(subscription.id);
}
