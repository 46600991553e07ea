import type { UsageHabit } from './story.ts';

/** Habits by family; `size` 1 is a small organization. */
export function agencyHabits(size: number): UsageHabit[] {
  return [
    { meter: 'message', eventsPerDay: 55 * size, quantity: [1, 8] },
    { meter: 'voice_transcription', eventsPerDay: 8 * size, quantity: [1, 1] },
    { meter: 'diagnostic_view', eventsPerDay: 12 * size, quantity: [1, 3] },
  ];
}

export function callHabits(size: number, translatedPercent = 0): UsageHabit[] {
  return [
    { meter: 'call', eventsPerDay: 9 * size, quantity: [20, 1_500], translatedPercent },
    { meter: 'ai_run', eventsPerDay: 6 * size, quantity: [1, 4] },
  ];
}

export function studioHabits(size: number): UsageHabit[] {
  return [{ meter: 'execution', eventsPerDay: 45 * size, quantity: [1, 30] }];
}

export function wordHabits(size: number): UsageHabit[] {
  return [
    { meter: 'stt_words', eventsPerDay: 22 * size, quantity: [10, 160] },
    { meter: 'tts_words', eventsPerDay: 14 * size, quantity: [10, 90] },
  ];
}

/**
 * Leads are qualified in runs: twice a day, or few of them twice a week. Every hour with one is reported to Stripe, and
 * each report costs the demo more than a hundred events do.
 */
export function leadHabits(leadsPerDay: number): UsageHabit[] {
  const runs = leadsPerDay < 2 ? { hours: [10], weekdays: [1, 4] } : { hours: [10, 15] };
  return [{ meter: 'lead_qualified', eventsPerDay: leadsPerDay, quantity: [1, 1], runs }];
}
