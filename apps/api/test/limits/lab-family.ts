import { allocated, defineFamily, limited, metered, type ProductFamily, unlimited } from '@metergate/core';

const meters = {
  call: 'sum',
  burst: 'sum',
  daily: 'sum',
  tick: 'count',
  peak: 'max',
} as const;

const windows = [
  metered('burst', { included: limited('5'), reset: 'hour' }),
  metered('daily', { included: limited('5'), reset: 'day' }),
  metered('tick', { included: limited('3') }),
  metered('peak', { included: limited('10') }),
  allocated('rooms', { included: limited('4') }),
];

/** Every window, and meters that add up in different ways; the next plan up has no limit on calls and charges more. */
export const lab: ProductFamily = defineFamily({
  key: 'lab',
  name: 'Lab',
  description: 'Limits of every window.',
  meters: Object.entries(meters).map(([key, aggregation]) => ({
    key,
    name: key,
    unit: key,
    eventName: key,
    aggregation,
  })),
  features: [
    ...Object.keys(meters).map((key) => ({ key, kind: 'metered' as const, name: key, unit: key })),
    { key: 'rooms', kind: 'allocated', name: 'rooms', unit: 'room' },
  ],
  plans: [
    {
      key: 'free',
      version: 1,
      name: 'Free',
      description: 'To begin with.',
      offer: 'free',
      prices: [],
      entitlements: [metered('call', { included: limited('10') }), ...windows],
    },
    {
      key: 'pro',
      version: 1,
      name: 'Pro',
      description: 'For more.',
      offer: 'self_service',
      prices: [
        {
          kind: 'base',
          key: 'base',
          name: 'Pro',
          rates: [{ interval: 'month', price: { model: 'flat', currency: 'USD', unitPrice: '20' } }],
        },
        {
          kind: 'usage',
          key: 'call',
          name: 'Calls',
          feature: 'call',
          billing: 'invoice_item',
          rates: [{ interval: 'month', price: { model: 'per_unit', currency: 'USD', unitPrice: '0.10' } }],
        },
      ],
      entitlements: [metered('call', { included: limited('100'), onLimit: 'overage' }), ...windows],
    },
    {
      key: 'max',
      version: 1,
      name: 'Max',
      description: 'For all.',
      offer: 'self_service',
      prices: [
        {
          kind: 'base',
          key: 'base',
          name: 'Max',
          rates: [{ interval: 'month', price: { model: 'flat', currency: 'USD', unitPrice: '90' } }],
        },
      ],
      entitlements: [metered('call', { included: unlimited }), ...windows],
    },
  ],
});
