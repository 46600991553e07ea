import { agencyHabits, callHabits, leadHabits, studioHabits, wordHabits } from './cast-usage.ts';
import { SeedRandom } from './seed-random.ts';
import type { Ago, DemoOrganization, Happening, UsageHabit } from './story.ts';

const firstWords = [
  'Amber',
  'Boreal',
  'Cobalt',
  'Delta',
  'Ember',
  'Fjord',
  'Golden',
  'Hazel',
  'Indigo',
  'Juniper',
];
const lastWords = ['Works', 'Partners', 'Labs', 'Collective'];
const clientNames = ['Alder Clinic', 'Birch Bakery', 'Clover Bank', 'Daisy Daycare', 'Elm Estates'];
const zones = [
  ['America/New_York', -5],
  ['Europe/Berlin', 1],
  ['Asia/Singapore', 8],
  ['America/Sao_Paulo', -3],
] as const;

interface Offer {
  purchase: Happening;
  habits: readonly UsageHabit[];
  before?: Happening;
}

/** Days before the day of the month that today is. Everybody renews on one of two days, between which nothing is due. */
export const renewalDays = [0.6, 14.6] as const;

/** Organizations to which nothing special happens: they join over the whole time, buy one plan and use it. */
export function ordinaryOrganizations(count: number, months: number, randomSeed: number): DemoOrganization[] {
  const random = new SeedRandom(randomSeed);
  return Array.from({ length: count }, (_, index) => {
    const first = firstWords[index % firstWords.length] ?? 'Amber';
    const last = lastWords[Math.floor(index / firstWords.length) % lastWords.length] ?? 'Works';
    const [timeZone, utcOffsetHours] = random.pick(zones);
    const monthsAgo = random.whole(1, months - 1);
    const bought = { months: monthsAgo, days: random.pick(renewalDays) };
    const { purchase, habits, before } = offerOf(index, random);
    const story: [Ago, Happening][] = [[bought, purchase]];
    if (before !== undefined) story.unshift([{ ...bought, days: bought.days + 0.1 }, before]);
    return {
      key: `ordinary-${index + 1}`,
      name: `${first} ${last}`,
      owner: 'partner@demo.test',
      currency: 'USD',
      timeZone,
      utcOffsetHours,
      joined: { ...bought, days: bought.days + 0.3 },
      story,
      habits,
    };
  });
}

/** The five families in turn. */
function offerOf(index: number, random: SeedRandom): Offer {
  const card = random.pick(['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex']);
  switch (index % 5) {
    case 0: {
      const names = clientNames.slice(0, random.whole(1, clientNames.length));
      return {
        before: { kind: 'add_clients', names },
        purchase: { kind: 'subscribe', family: 'agency', plan: 'agency', card },
        habits: agencyHabits(1),
      };
    }
    case 1: {
      const plan = random.pick(['pro', 'business']);
      const purchase: Happening = { kind: 'subscribe', family: 'voice-ops', plan, card };
      return { purchase, habits: callHabits(1, plan === 'business' ? 10 : 0) };
    }
    case 2: {
      const quantity = String(random.whole(2, 20));
      const purchase: Happening = { kind: 'subscribe', family: 'agent-studio', plan: 'pro', quantity, card };
      return { purchase, habits: studioHabits(1) };
    }
    case 3:
      return {
        purchase: { kind: 'subscribe', family: 'voice-words', plan: random.pick(['basic', 'pro']), card },
        habits: wordHabits(1),
      };
    default:
      return {
        purchase: { kind: 'subscribe', family: 'agent-leads', plan: 'growth', card },
        habits: leadHabits(1),
      };
  }
}
