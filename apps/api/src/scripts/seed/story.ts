/** How long before today; months are calendar months. `{ months: 1, days: 3 }` is a renewal three days ago. */
export interface Ago {
  months?: number;
  days: number;
}

export type Happening =
  | {
      kind: 'subscribe';
      family: string;
      plan: string;
      quantity?: string;
      card?: string;
      trialDays?: number;
    }
  | { kind: 'add_clients'; names: readonly string[] }
  | { kind: 'archive_client'; name: string }
  | { kind: 'use_card'; card: string }
  | { kind: 'change'; family: string; plan?: string; quantity?: string; at?: 'now' | 'period_end' }
  | { kind: 'cancel'; family: string; at: 'now' | 'period_end'; reason: string }
  | { kind: 'report_level'; feature: string; value: string }
  /** Usage is reported until this much of the limit is used. */
  | { kind: 'use_up'; feature: string; percent: number }
  /** Asks for more than is left, so that a refusal with its receipt is there to look at. */
  | { kind: 'ask_beyond'; feature: string; quantity: string }
  | { kind: 'sell_unknown_price' };

/** What one event of a meter looks like. Calls bring minutes, transcriptions and translations of their own. */
export interface UsageHabit {
  meter: string;
  /** On an ordinary working day. */
  eventsPerDay: number;
  quantity: readonly [min: number, max: number];
  /** Of calls: how many in a hundred are translated. */
  translatedPercent?: number;
  /** Worked off in runs instead of all day: hours of the local day, and the days of the week where not all (0 = Sunday). */
  runs?: { hours: readonly number[]; weekdays?: readonly number[] };
}

export interface DemoOrganization {
  /** The platform's own id, and the seed of everything random about it. */
  key: string;
  name: string;
  owner: 'owner@demo.test' | 'partner@demo.test';
  currency: 'USD' | 'EUR' | 'JPY';
  timeZone: string;
  /** Hours between its working day and UTC; close enough for where the peaks are. */
  utcOffsetHours: number;
  joined: Ago;
  story: readonly (readonly [Ago, Happening])[];
  habits: readonly UsageHabit[];
}

const dayMs = 86_400_000;

/** Calendar months back first (31 March is 28 February), then days. */
export function instantOf({ months = 0, days }: Ago, today: Date): Date {
  const at = new Date(today);
  if (months > 0) {
    const dayOfMonth = at.getUTCDate();
    at.setUTCDate(1);
    at.setUTCMonth(at.getUTCMonth() - months);
    const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    at.setUTCDate(Math.min(dayOfMonth, lastDay));
  }
  at.setTime(at.getTime() - days * dayMs);
  return at;
}
