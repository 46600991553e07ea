import type pg from 'pg';

const key = 'stripe_event_walk';

/** How far the list of past events at Stripe has been compared with the inbox. */
export interface EventWalkState {
  /** Everything older was compared; null = nothing yet. */
  completeUntil: string | null;
  /** A comparison that was interrupted: when it began, and the last event it got to on its way back in time. */
  walk: { startedAt: string; after: string | null } | null;
}

export interface EventWalkStore {
  load(): Promise<EventWalkState>;
  save(state: EventWalkState): Promise<void>;
}

/** Use `database.worker`. */
export function createEventWalkStore(pool: pg.Pool): EventWalkStore {
  return {
    async load() {
      const { rows } = await pool.query<{ value: EventWalkState }>(
        'select value from settings where key = $1',
        [key],
      );
      return rows[0]?.value ?? { completeUntil: null, walk: null };
    },
    async save(state) {
      await pool.query(
        `insert into settings (key, value) values ($1, $2::jsonb)
         on conflict (key) do update set value = excluded.value`,
        [key, JSON.stringify(state)],
      );
    },
  };
}
