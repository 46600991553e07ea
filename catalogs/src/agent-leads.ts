import { defineFamily, limited, metered, type ProductFamily, type Rate, unlimited } from '@metergate/core';

/** Prices in major units per currency: starter, growth, one qualified lead. */
const priceList = [
  { currency: 'USD', starter: '29', growth: '99', lead: '2.00' },
  { currency: 'EUR', starter: '29', growth: '99', lead: '2.00' },
  { currency: 'JPY', starter: '4300', growth: '14800', lead: '300' },
  { currency: 'KWD', starter: '9.000', growth: '31.000', lead: '0.650' },
];

/** Leads qualified by agents. A failed payment pauses processing at once, until it is paid. */
export const agentLeads: ProductFamily = defineFamily({
  key: 'agent-leads',
  name: 'Agent Leads',
  description: 'Leads found and qualified by agents.',
  meters: [
    {
      key: 'lead_qualified',
      name: 'Qualified leads',
      unit: 'lead',
      eventName: 'lead_qualified',
      aggregation: 'sum',
      groupBy: ['client'],
      subject: 'lead',
    },
  ],
  features: [{ key: 'lead_qualified', kind: 'metered', name: 'Qualified leads', unit: 'lead' }],
  paymentFailure: { restrictedAfterDays: 0, suspendedAfterDays: 0, canceledAfterDays: 30 },
  plans: [
    {
      key: 'starter',
      version: 1,
      name: 'Starter',
      description: '100 qualified leads a month.',
      offer: 'self_service',
      prices: [{ kind: 'base', key: 'base', name: 'Starter', rates: monthlyFee('starter') }],
      entitlements: [metered('lead_qualified', { included: limited('100'), onLimit: 'block' })],
    },
    {
      key: 'growth',
      version: 1,
      name: 'Growth',
      description: 'As many leads as you like, each at its price.',
      offer: 'self_service',
      prices: [
        { kind: 'base', key: 'base', name: 'Growth', rates: monthlyFee('growth') },
        {
          kind: 'usage',
          key: 'lead_qualified',
          name: 'Qualified leads',
          feature: 'lead_qualified',
          billing: 'stripe_meter',
          rates: priceList.map(
            ({ currency, lead }): Rate => ({
              interval: 'month',
              price: { model: 'per_unit', currency, unitPrice: lead },
            }),
          ),
        },
      ],
      entitlements: [metered('lead_qualified', { included: unlimited })],
    },
  ],
});

function monthlyFee(plan: 'starter' | 'growth'): Rate[] {
  return priceList.map((row) => ({
    interval: 'month',
    price: { model: 'flat', currency: row.currency, unitPrice: row[plan] },
  }));
}
