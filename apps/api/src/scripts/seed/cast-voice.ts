import { callHabits, wordHabits } from './cast-usage.ts';
import type { DemoOrganization } from './story.ts';

const visa = 'pm_card_visa';

/** Goes down a plan when the paid period ends. */
const lakesideCalls: DemoOrganization = {
  key: 'lakeside-calls',
  name: 'Lakeside Calls',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'America/Chicago',
  utcOffsetHours: -6,
  joined: { months: 2, days: 13 },
  story: [
    [
      { months: 2, days: 12 },
      { kind: 'subscribe', family: 'voice-ops', plan: 'business', card: visa },
    ],
    [{ days: 4 }, { kind: 'change', family: 'voice-ops', plan: 'pro', at: 'period_end' }],
  ],
  habits: callHabits(2, 12),
};

/** Its card failed at the renewal three days ago. */
const contosoVoice: DemoOrganization = {
  key: 'contoso-voice',
  name: 'Contoso Voice',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'UTC',
  utcOffsetHours: 0,
  joined: { months: 2, days: 4 },
  story: [
    [
      { months: 2, days: 3 },
      { kind: 'subscribe', family: 'voice-ops', plan: 'pro', card: visa },
    ],
    [{ days: 12 }, { kind: 'use_card', card: 'pm_card_chargeCustomerFail' }],
  ],
  habits: callHabits(1),
};

/** Calls beyond the included ones go on and are charged. */
const cohoCallers: DemoOrganization = {
  key: 'coho-callers',
  name: 'Coho Callers',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'America/New_York',
  utcOffsetHours: -5,
  joined: { months: 1, days: 22 },
  story: [
    [
      { months: 1, days: 21 },
      { kind: 'subscribe', family: 'voice-ops', plan: 'pro', card: visa },
    ],
    [{ days: 0.3 }, { kind: 'use_up', feature: 'call', percent: 118 }],
  ],
  habits: callHabits(2),
};

const proseware: DemoOrganization = {
  key: 'proseware',
  name: 'Proseware Phone',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'UTC',
  utcOffsetHours: 1,
  joined: { months: 2, days: 26 },
  story: [
    [
      { months: 2, days: 25 },
      { kind: 'subscribe', family: 'voice-ops', plan: 'pro', card: visa },
    ],
    [
      { months: 1, days: 2 },
      { kind: 'cancel', family: 'voice-ops', at: 'now', reason: 'Moved to another provider' },
    ],
  ],
  habits: callHabits(1),
};

const wingtipWords: DemoOrganization = {
  key: 'wingtip-words',
  name: 'Wingtip Words',
  owner: 'partner@demo.test',
  currency: 'USD',
  timeZone: 'Europe/London',
  utcOffsetHours: 0,
  joined: { months: 1, days: 18 },
  story: [
    [
      { months: 1, days: 17 },
      { kind: 'subscribe', family: 'voice-words', plan: 'basic', card: visa },
    ],
    [{ days: 9 }, { kind: 'sell_unknown_price' }],
    [{ days: 5 }, { kind: 'cancel', family: 'voice-words', at: 'period_end', reason: 'The season is over' }],
  ],
  habits: wordHabits(2),
};

export const voiceOrganizations: readonly DemoOrganization[] = [
  lakesideCalls,
  contosoVoice,
  cohoCallers,
  proseware,
  wingtipWords,
];
