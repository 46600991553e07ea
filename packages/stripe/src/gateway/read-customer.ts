import type { CustomerGateway } from '@metergate/core/payments/payment-gateway.ports';
import type { PaymentMethodSnapshot } from '@metergate/core/payments/payment-method-snapshot';
import type { SubscriptionSnapshot } from '@metergate/core/subscriptions/subscription-snapshot';
import type Stripe from 'stripe';
import { customerFromStripe, paymentMethodFromStripe } from '../translate/customer.ts';
import { subscriptionExpansion, subscriptionFromStripe } from '../translate/subscription.ts';
import { idOf } from '../translate/values.ts';
import { listLimitMax, type StripeCaller } from './stripe-caller.ts';
import { readSubscription } from './subscriptions.ts';

type Customer = Stripe.Customer | Stripe.DeletedCustomer;

/** Stripe expands four levels deep; `data.` is one of them. */
const listExpansion = [
  'data.customer',
  ...subscriptionExpansion.map((path) => `data.${path}`).filter((path) => path.split('.').length <= 4),
];

export function readCustomerCall(caller: StripeCaller): Pick<CustomerGateway, 'readCustomer'> {
  return {
    async readCustomer(stripeCustomerId, wish) {
      const listed = wish.subscriptions ? await listSubscriptions(caller, stripeCustomerId) : null;
      const customer = customerIn(listed) ?? (await findCustomer(caller, stripeCustomerId));
      if (customer === null || customer.deleted === true) {
        return { customer: customer === null ? null : customerFromStripe(customer) };
      }
      return {
        customer: customerFromStripe(customer),
        ...(wish.subscriptions ? { subscriptions: await translate(caller, listed ?? []) } : {}),
        ...(wish.paymentMethods ? { paymentMethods: await listPaymentMethods(caller, customer) } : {}),
      };
    },
  };
}

function findCustomer(caller: StripeCaller, id: string): Promise<Customer | null> {
  return caller.find((stripe) => stripe.customers.retrieve(id));
}

/** Each subscription brings its customer along, which saves reading it on its own. */
function customerIn(subscriptions: readonly Stripe.Subscription[] | null): Customer | null {
  const customer = subscriptions?.[0]?.customer;
  return typeof customer === 'object' ? customer : null;
}

/** Null when there is no such customer: those of a deleted one cannot be listed. */
function listSubscriptions(caller: StripeCaller, customer: string): Promise<Stripe.Subscription[] | null> {
  return caller.find((stripe) =>
    stripe.subscriptions
      .list({ customer, status: 'all', limit: 100, expand: listExpansion })
      .autoPagingToArray({ limit: listLimitMax }),
  );
}

function translate(
  caller: StripeCaller,
  subscriptions: readonly Stripe.Subscription[],
): Promise<SubscriptionSnapshot[]> {
  return Promise.all(
    subscriptions.map(async (subscription) => {
      const listed = subscriptionFromStripe(subscription);
      // The prices of a scheduled phase lie deeper than a list expands, and without them nobody knows its plan.
      if (listed.scheduledChange === null) return listed;
      return (await readSubscription(caller, listed.stripeSubscriptionId)) ?? listed;
    }),
  );
}

async function listPaymentMethods(
  caller: StripeCaller,
  { id, invoice_settings }: Stripe.Customer,
): Promise<PaymentMethodSnapshot[]> {
  const defaultId = idOf(invoice_settings?.default_payment_method);
  const methods = await caller.call((stripe) =>
    stripe.customers.listPaymentMethods(id, { limit: 100 }).autoPagingToArray({ limit: listLimitMax }),
  );
  return methods.map((method) => paymentMethodFromStripe(method, defaultId));
}
