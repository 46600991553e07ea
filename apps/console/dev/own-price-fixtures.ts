import type { OwnPrice, OwnPrices } from '../src/app/views.ts';
import { daysAgo, daysAhead, period } from './dates.ts';

const clients: OwnPrice = {
  family: 'agency',
  plan: 'agency',
  component: 'client',
  interval: 'month',
  currency: 'USD',
  planName: 'Agency plan',
  name: 'Client',
  kind: 'addon',
  planPrice: '49',
  own: {
    id: 'ovr_1',
    unitPrice: '39.5',
    reason: 'Agreed for two years when they moved 40 clients',
    createdBy: 'ops@metergate.test',
    createdAt: daysAgo(3),
    expiresAt: daysAhead(700),
  },
  running: { unitPrice: '49', nextUnitPrice: '39.5', renewsAt: period.end, isDifferent: true },
};

const base: OwnPrice = {
  ...clients,
  component: 'base',
  name: 'Agency',
  kind: 'base',
  planPrice: '99',
  own: null,
  running: { unitPrice: '99', nextUnitPrice: '99', renewsAt: period.end, isDifferent: false },
};

const seat: OwnPrice = {
  ...clients,
  family: 'agent-studio',
  plan: 'pro',
  component: 'user',
  planName: 'Pro',
  name: 'User',
  kind: 'seat',
  own: null,
  running: null,
};

export const ownPrices: OwnPrices = {
  prices: [base, clients, seat],
  history: [
    {
      id: 'ovr_1',
      sets: 'own_price',
      subject: 'agency/agency client per month',
      value: '39.5',
      currency: 'USD',
      reason: 'Agreed for two years when they moved 40 clients',
      createdBy: 'ops@metergate.test',
      createdAt: daysAgo(3),
      expiresAt: daysAhead(700),
      endedAt: null,
    },
    {
      id: 'ovr_2',
      sets: 'limit',
      subject: 'message',
      value: '20000',
      currency: null,
      reason: 'Launch month',
      createdBy: 'ops@metergate.test',
      createdAt: daysAgo(60),
      expiresAt: daysAgo(30),
      endedAt: daysAgo(30),
    },
  ],
};
