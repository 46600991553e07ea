import type { Budget, ClientLimit } from '../src/app/views.ts';
import { daysAgo, minutesAgo, period } from './dates.ts';

export const clientLimits: ClientLimit[] = [
  {
    client: 'cli_1',
    externalId: null,
    clientName: 'Fabrikam',
    feature: 'message',
    name: 'Messages',
    unit: 'messages',
    limit: '2000',
    used: '1740',
    reserved: '0',
    percent: '87.00',
    resetsAt: period.end,
  },
];

const shared = {
  period: 'billing_period',
  window: period,
  thresholds: [80, 100],
  asOf: minutesAgo(0.2),
} as const;

export const budgets: Budget[] = [
  {
    ...shared,
    thresholds: [80, 100],
    client: null,
    clientName: null,
    amount: { amountMinor: '50000', currency: 'USD' },
    cost: { amountMinor: '41218', currency: 'USD' },
    percent: '82.43',
    onReached: 'alert',
    lastAlert: { threshold: 80, firedAt: daysAgo(1) },
    consequence: 'Work goes on, and you are told.',
  },
  {
    ...shared,
    thresholds: [100],
    client: 'cli_0',
    clientName: 'Contoso',
    amount: { amountMinor: '12000', currency: 'USD' },
    cost: { amountMinor: '12100', currency: 'USD' },
    percent: '100.83',
    onReached: 'block',
    lastAlert: { threshold: 100, firedAt: daysAgo(0.3) },
    consequence:
      'What would cost more is refused. Usage of this client that is reported afterwards is still recorded and charged.',
  },
];
