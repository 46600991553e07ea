import {
  allocated,
  custom,
  defineFamily,
  type EntitlementInput,
  type Included,
  limited,
  metered,
  type ProductFamily,
} from '@metergate/core';

/** Builders of agents pay per user; the users limit is the number of seats bought. */
export const agentStudio: ProductFamily = defineFamily({
  key: 'agent-studio',
  name: 'Agent Studio',
  description: 'Build and run agents together.',
  meters: [
    {
      key: 'execution',
      name: 'Executions',
      unit: 'execution',
      eventName: 'execution',
      aggregation: 'sum',
      groupBy: ['client', 'agent'],
    },
  ],
  features: [
    { key: 'users', kind: 'allocated', name: 'Users', unit: 'user' },
    { key: 'agents', kind: 'allocated', name: 'Agents', unit: 'agent' },
    { key: 'execution', kind: 'metered', name: 'Executions', unit: 'execution' },
    { key: 'storage_gb', kind: 'allocated', name: 'Storage', unit: 'GB' },
    { key: 'gateways', kind: 'allocated', name: 'Gateways', unit: 'gateway' },
  ],
  addOns: [],
  paymentFailure: { restrictedFeatures: ['users'] },
  plans: [
    {
      key: 'free',
      version: 1,
      name: 'Free',
      description: 'For trying it out with a small team.',
      offer: 'free',
      prices: [],
      entitlements: grants({
        users: limited('3'),
        agents: limited('10'),
        execution: limited('10000'),
        storage: limited('1'),
        gateways: limited('1'),
      }),
    },
    {
      key: 'pro',
      version: 1,
      name: 'Pro',
      description: 'As many users as you buy seats for.',
      offer: 'self_service',
      prices: [
        {
          kind: 'seat',
          key: 'user',
          name: 'User',
          feature: 'users',
          rates: [
            { interval: 'month', price: { model: 'per_unit', currency: 'USD', unitPrice: '49' } },
            { interval: 'year', price: { model: 'per_unit', currency: 'USD', unitPrice: '490' } },
          ],
        },
      ],
      entitlements: grants({
        users: limited('0', { perSeat: '1' }),
        agents: limited('100'),
        execution: limited('100000'),
        storage: limited('100'),
        gateways: limited('10'),
      }),
    },
    {
      key: 'enterprise',
      version: 1,
      name: 'Enterprise',
      description: 'Price and limits agreed with you.',
      offer: 'contact_sales',
      prices: [],
      entitlements: grants({
        users: custom,
        agents: custom,
        execution: custom,
        storage: custom,
        gateways: custom,
      }),
    },
  ],
});

function grants(
  included: Record<'users' | 'agents' | 'execution' | 'storage' | 'gateways', Included>,
): EntitlementInput[] {
  return [
    allocated('users', { included: included.users }),
    allocated('agents', { included: included.agents }),
    metered('execution', { included: included.execution }),
    allocated('storage_gb', { included: included.storage }),
    allocated('gateways', { included: included.gateways }),
  ];
}
