import type { CustomerGateway, CustomerUpdate } from '@metergate/core/payments/payment-gateway.ports';
import type Stripe from 'stripe';
import type { StripeCaller } from './stripe-caller.ts';

const taxIdsMax = 100;

export function customerUpdateCall(caller: StripeCaller): Pick<CustomerGateway, 'updateCustomer'> {
  return {
    async updateCustomer({ idempotencyKey, ...update }) {
      const { stripeCustomerId, legalName, email, address } = update;
      await caller.call((stripe) =>
        stripe.customers.update(
          stripeCustomerId,
          { name: legalName, email, address: toStripeAddress(address) },
          caller.once(idempotencyKey),
        ),
      );
      await replaceTaxIds(caller, update, idempotencyKey);
    },
  };
}

/** An empty text removes the address as a whole. */
function toStripeAddress(address: CustomerUpdate['address']): Stripe.Emptyable<Stripe.AddressParam> {
  if (address === null) return '';
  const { line1, line2, postalCode, city, region, country } = address;
  return { line1, line2, postal_code: postalCode, city, state: region, country };
}

/** Stripe has a list and no way to change an entry: what differs goes, what is missing is added. */
async function replaceTaxIds(
  caller: StripeCaller,
  { stripeCustomerId, taxId }: CustomerUpdate,
  idempotencyKey: string,
): Promise<void> {
  const { data: known } = await caller.call((stripe) =>
    stripe.customers.listTaxIds(stripeCustomerId, { limit: taxIdsMax }),
  );
  const wanted = known.find(({ type, value }) => type === taxId?.kind && value === taxId.value);
  for (const { id } of known) {
    if (id !== wanted?.id) await caller.find((stripe) => stripe.customers.deleteTaxId(stripeCustomerId, id));
  }
  if (taxId === null || wanted !== undefined) return;
  const type = taxId.kind as Stripe.CustomerCreateTaxIdParams.Type;
  await caller.call((stripe) =>
    stripe.customers.createTaxId(
      stripeCustomerId,
      { type, value: taxId.value },
      caller.once(`${idempotencyKey}:tax`),
    ),
  );
}
