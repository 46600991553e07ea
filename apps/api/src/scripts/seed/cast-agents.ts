import { leadHabits, studioHabits } from './cast-usage.ts';
import type { DemoOrganization } from './story.ts';

const visa = 'pm_card_visa';

/** Close to its executions, with every seat taken but one. */
const northwindStudio: DemoOrganization = {
  key: 'northwind-studio',
  name: 'Northwind Studio',
  owner: 'owner@demo.test',
  currency: 'USD',
  timeZone: 'Europe/Berlin',
  utcOffsetHours: 1,
  joined: { months: 2, days: 19 },
  story: [
    [
      { months: 2, days: 18 },
      { kind: 'subscribe', family: 'agent-studio', plan: 'pro', quantity: '8', card: visa },
    ],
    [
      { months: 1, days: 5 },
      { kind: 'change', family: 'agent-studio', quantity: '12' },
    ],
    [{ days: 3 }, { kind: 'report_level', feature: 'users', value: '11' }],
    [{ days: 3 }, { kind: 'report_level', feature: 'agents', value: '64' }],
    [{ days: 3 }, { kind: 'report_level', feature: 'storage_gb', value: '37.5' }],
    [{ days: 0.2 }, { kind: 'use_up', feature: 'execution', percent: 81 }],
  ],
  habits: studioHabits(2),
};

const tailspin: DemoOrganization = {
  key: 'tailspin-robotics',
  name: 'Tailspin Robotics',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'America/New_York',
  utcOffsetHours: -5,
  joined: { days: 6 },
  story: [
    [
      { days: 5 },
      {
        kind: 'subscribe',
        family: 'agent-studio',
        plan: 'pro',
        quantity: '3',
        card: visa,
        trialDays: 14,
      },
    ],
    [{ days: 1 }, { kind: 'report_level', feature: 'users', value: '2' }],
  ],
  habits: studioHabits(1),
};

/** Never bought anything: the free plan in calendar months. */
const litware: DemoOrganization = {
  key: 'litware',
  name: 'Litware Tinkerers',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'Asia/Kolkata',
  utcOffsetHours: 5,
  joined: { months: 1, days: 20 },
  story: [[{ days: 1 }, { kind: 'report_level', feature: 'users', value: '3' }]],
  habits: [{ meter: 'execution', eventsPerDay: 12, quantity: [1, 20] }],
};

/** Reported more than its hundred leads; further ones are refused. */
const fabrikamLeads: DemoOrganization = {
  key: 'fabrikam-leads',
  name: 'Fabrikam Leads',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'America/New_York',
  utcOffsetHours: -5,
  joined: { months: 2, days: 17 },
  story: [
    [
      { months: 2, days: 16 },
      { kind: 'subscribe', family: 'agent-leads', plan: 'starter', card: visa },
    ],
    [{ days: 0.4 }, { kind: 'use_up', feature: 'lead_qualified', percent: 104 }],
    [{ days: 0.3 }, { kind: 'ask_beyond', feature: 'lead_qualified', quantity: '1' }],
    [{ days: 0.1 }, { kind: 'ask_beyond', feature: 'lead_qualified', quantity: '5' }],
  ],
  habits: leadHabits(3),
};

const lumiere: DemoOrganization = {
  key: 'lumiere-prospection',
  name: 'Lumière Prospection',
  owner: 'partner@demo.test',
  currency: 'EUR',
  timeZone: 'Europe/Paris',
  utcOffsetHours: 1,
  joined: { months: 2, days: 8 },
  story: [
    [
      { months: 2, days: 7 },
      { kind: 'subscribe', family: 'agent-leads', plan: 'growth', card: 'pm_card_mastercard' },
    ],
  ],
  habits: leadHabits(7),
};

const sakura: DemoOrganization = {
  key: 'sakura-leads',
  name: 'Sakura Leads',
  owner: 'owner@demo.test',
  currency: 'JPY',
  timeZone: 'Asia/Tokyo',
  utcOffsetHours: 9,
  joined: { months: 1, days: 28 },
  story: [
    [
      { months: 1, days: 27 },
      { kind: 'subscribe', family: 'agent-leads', plan: 'starter', card: 'pm_card_jcb' },
    ],
    [{ days: 20 }, { kind: 'change', family: 'agent-leads', plan: 'growth' }],
  ],
  habits: leadHabits(5),
};

/** A failed payment pauses leads at once. */
const graphicDesign: DemoOrganization = {
  key: 'graphic-design',
  name: 'Graphic Design Leads',
  owner: 'partner@demo.test',
  currency: 'EUR',
  timeZone: 'Europe/Madrid',
  utcOffsetHours: 1,
  joined: { months: 1, days: 3 },
  story: [
    [
      { months: 1, days: 2 },
      { kind: 'subscribe', family: 'agent-leads', plan: 'growth', card: visa },
    ],
    [{ days: 8 }, { kind: 'use_card', card: 'pm_card_chargeCustomerFail' }],
  ],
  habits: leadHabits(4),
};

export const agentOrganizations: readonly DemoOrganization[] = [
  northwindStudio,
  tailspin,
  litware,
  fabrikamLeads,
  lumiere,
  sakura,
  graphicDesign,
];
