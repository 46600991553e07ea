import { defineFamily, limited, metered, type ProductFamily, unlimited } from '@metergate/core';

const counted = ['active_user', 'call'];
const flat = { model: 'flat', currency: 'USD', unitPrice: '20' } as const;
const each = { model: 'per_unit', currency: 'USD', unitPrice: '1' } as const;

/** Counts different users beside calls: three of them a month for nothing, or a dollar for each user and call. */
export const people: ProductFamily = defineFamily({
  key: 'people',
  name: 'People',
  description: 'Different users, and calls.',
  meters: [
    {
      ...{ key: 'active_user', name: 'Active users', unit: 'user', eventName: 'active_user' },
      ...{ aggregation: 'unique_count', valueField: 'user' },
    },
    { key: 'call', name: 'Calls', unit: 'call', eventName: 'call', aggregation: 'sum' },
  ],
  features: [
    { key: 'active_user', kind: 'metered', name: 'Active users', unit: 'user' },
    { key: 'call', kind: 'metered', name: 'Calls', unit: 'call' },
  ],
  plans: [
    {
      ...{ key: 'free', version: 1, name: 'Free', description: 'To begin with.', offer: 'free', prices: [] },
      entitlements: [
        metered('active_user', { included: limited('3') }),
        metered('call', { included: limited('10') }),
      ],
    },
    {
      ...{ key: 'paid', version: 1, name: 'Paid', description: 'For more.', offer: 'self_service' },
      prices: [
        { kind: 'base', key: 'base', name: 'Paid', rates: [{ interval: 'month', price: flat }] },
        ...counted.map((feature) => ({
          ...{ kind: 'usage' as const, key: feature, name: feature, feature },
          ...{ billing: 'invoice_item' as const, rates: [{ interval: 'month' as const, price: each }] },
        })),
      ],
      entitlements: counted.map((feature) => metered(feature, { included: unlimited })),
    },
  ],
});
