import { agencyHabits, callHabits, wordHabits } from './cast-usage.ts';
import type { DemoOrganization } from './story.ts';

const visa = 'pm_card_visa';
const failing = 'pm_card_chargeCustomerFail';

const firstClients = [
  'Harbor Dental',
  'Pine Optics',
  'Cedar Veterinary',
  'Maple Physiotherapy',
  'Granite Roofing',
  'Willow Spa',
  'Summit Cycling',
  'Riverside Notary',
];

/** The main one: three families, twelve clients, an upgrade in the middle, a member beside the owner. */
const brightHarbor: DemoOrganization = {
  key: 'bright-harbor',
  name: 'Bright Harbor Agency',
  owner: 'owner@demo.test',
  currency: 'USD',
  timeZone: 'America/New_York',
  utcOffsetHours: -5,
  joined: { months: 2, days: 24 },
  story: [
    [
      { months: 2, days: 23.9 },
      { kind: 'add_clients', names: firstClients },
    ],
    [
      { months: 2, days: 23.8 },
      { kind: 'subscribe', family: 'agency', plan: 'agency', card: visa },
    ],
    [
      { months: 2, days: 23.8 },
      { kind: 'subscribe', family: 'voice-ops', plan: 'pro' },
    ],
    [
      { months: 2, days: 10 },
      { kind: 'subscribe', family: 'voice-words', plan: 'pro' },
    ],
    [
      { months: 1, days: 16 },
      { kind: 'add_clients', names: ['Lantern Books', 'Orchard Catering', 'Quarry Gym'] },
    ],
    [
      { months: 1, days: 6 },
      { kind: 'change', family: 'voice-ops', plan: 'business' },
    ],
    [{ days: 26 }, { kind: 'add_clients', names: ['Falcon Movers', 'Meadow Florist'] }],
    [{ days: 15 }, { kind: 'archive_client', name: 'Quarry Gym' }],
    [{ days: 2 }, { kind: 'report_level', feature: 'locations', value: '41' }],
  ],
  habits: [...agencyHabits(3), ...callHabits(3, 20), ...wordHabits(1)],
};

const harborWest: DemoOrganization = {
  key: 'harbor-west',
  name: 'Harbor West Media',
  owner: 'owner@demo.test',
  currency: 'USD',
  timeZone: 'America/Los_Angeles',
  utcOffsetHours: -8,
  joined: { months: 2, days: 3 },
  story: [
    [
      { months: 2, days: 2.9 },
      { kind: 'add_clients', names: ['Bluebird Cafe', 'Coyote Motors'] },
    ],
    [
      { months: 2, days: 2.8 },
      { kind: 'subscribe', family: 'agency', plan: 'agency', card: 'pm_card_amex' },
    ],
    [
      { months: 1, days: 9 },
      { kind: 'add_clients', names: ['Dune Surf School'] },
    ],
  ],
  habits: agencyHabits(1),
};

/** Overdue for seventeen days: suspended, with the way back open. */
const adventureMedia: DemoOrganization = {
  key: 'adventure-media',
  name: 'Adventure Media',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'America/Denver',
  utcOffsetHours: -7,
  joined: { months: 2, days: 19 },
  story: [
    [
      { months: 2, days: 18.9 },
      { kind: 'add_clients', names: ['Glacier Tours', 'Basecamp Gear', 'Ridge Lodge', 'Trailhead Maps'] },
    ],
    [
      { months: 2, days: 17 },
      { kind: 'subscribe', family: 'agency', plan: 'agency', card: visa },
    ],
    [{ days: 24 }, { kind: 'use_card', card: failing }],
  ],
  habits: agencyHabits(1),
};

export const agencies: readonly DemoOrganization[] = [brightHarbor, harborWest, adventureMedia];
