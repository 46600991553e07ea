import type { CustomerGateway, ListedEvent } from '@metergate/core/payments/payment-gateway.ports';
import type { SubscriptionGateway } from '@metergate/core/subscriptions/subscription-gateway.ports';
import type Stripe from 'stripe';
import { customerFromStripe } from '../translate/customer.ts';
import { requireInstant } from '../translate/values.ts';
import type { MeterCalls } from './meters.ts';
import type { PaymentMethodCalls } from './payment-methods.ts';
import { listLimitMax, type StripeCaller } from './stripe-caller.ts';

type Calls = Omit<
  CustomerGateway,
  keyof PaymentMethodCalls | keyof MeterCalls | 'readCustomer' | 'updateCustomer'
> &
  Pick<SubscriptionGateway, 'ensureCustomer'>;

export function customerCalls(caller: StripeCaller): Calls {
  return {
    async ensureCustomer({ organizationId, name, email }) {
      // An idempotency key is forgotten after a day; the metadata finds a customer made before that. The address
      // only narrows the list: Stripe's search would find by metadata alone, but minutes late.
      const sameAddress = await caller.call((stripe) =>
        stripe.customers.list({ email, limit: 100 }).autoPagingToArray({ limit: listLimitMax }),
      );
      const existing = sameAddress.find(({ metadata }) => metadata.metergate_organization === organizationId);
      if (existing !== undefined) return { stripeCustomerId: existing.id };
      // Under one key the parameters may never vary, and name and address of an organization do.
      const created = await caller.call((stripe) =>
        stripe.customers.create(
          { metadata: { metergate_organization: organizationId } },
          caller.once(`organization:${organizationId}:customer`),
        ),
      );
      await caller.call((stripe) => stripe.customers.update(created.id, { name, email }));
      return { stripeCustomerId: created.id };
    },

    async retrieveCustomer(stripeCustomerId) {
      const customer = await caller.find((stripe) => stripe.customers.retrieve(stripeCustomerId));
      return customer === null ? null : customerFromStripe(customer);
    },

    async listEvents({ createdAfter, before }) {
      const page = await caller.find((stripe) =>
        stripe.events.list({
          created: { gt: Math.floor(createdAfter.getTime() / 1000) },
          limit: 100,
          ...(before === null ? {} : { starting_after: before }),
        }),
      );
      return page === null ? null : { events: page.data.map(listedEvent), hasMore: page.has_more };
    },
  };
}

function listedEvent(event: Stripe.Event): ListedEvent {
  return {
    externalId: event.id,
    type: event.type,
    createdAt: requireInstant(event.created, 'event.created'),
    isLive: event.livemode,
    payload: JSON.parse(JSON.stringify(event)) as Record<string, unknown>,
  };
}
