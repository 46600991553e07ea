import type pg from 'pg';

export interface Invariant {
  key: string;
  /** What must hold, in words. */
  rule: string;
  /** Rows that break it; 0 = it holds. */
  violations: number;
  /** What to do about it. */
  remedy: string;
}

/** Rules that hold in a healthy installation, each counted in one query. Use `database.platform`. */
export async function checkInvariants(pool: pg.Pool, at: Date): Promise<Invariant[]> {
  const found: Invariant[] = [];
  for (const { key, rule, remedy, count } of invariants) {
    const { rows } = await pool.query<{ violations: number }>(count, [at]);
    found.push({ key, rule, remedy, violations: rows[0]?.violations ?? 0 });
  }
  return found;
}

const invariants: readonly { key: string; rule: string; remedy: string; count: string }[] = [
  {
    key: 'no_dead_events',
    rule: 'No event of Stripe was given up',
    remedy: 'Look at it with "events replay", or on the page of events.',
    count: `select count(*)::int as violations from inbound_events where status = 'dead' and $1::timestamptz is not null`,
  },
  {
    key: 'events_in_time',
    rule: 'No event of Stripe waits for more than five minutes',
    remedy: 'Is the worker running, and can it reach Stripe?',
    count: `select count(*)::int as violations from inbound_events
             where status in ('received', 'processing', 'failed') and received_at < $1::timestamptz - interval '5 minutes'`,
  },
  {
    key: 'no_dead_messages',
    rule: 'No message to Stripe was given up',
    remedy: 'Read its last error on the page Messages, remove the cause, and send it again or dismiss it.',
    count: `select count(*)::int as violations from outbox where status = 'dead' and $1::timestamptz is not null`,
  },
  {
    key: 'no_open_drift',
    rule: 'No difference with Stripe waits for a person',
    remedy: 'The page Drift, or "drift", says what happened and what to do.',
    count: `select count(*)::int as violations from drift_findings where status = 'open' and $1::timestamptz is not null`,
  },
  {
    key: 'no_refused_usage',
    rule: 'No usage that Stripe refused waits to be reported again',
    remedy:
      'The page of the organization says why; remove the cause and report it again before its month is billed.',
    count: `select count(*)::int as violations from usage_reports where status = 'refused' and $1::timestamptz is not null`,
  },
  {
    key: 'periods_move_on',
    rule: 'No running subscription is two hours past the end of its period',
    remedy: 'Resync the organization on its page; check the webhook endpoint.',
    count: `select count(*)::int as violations from subscriptions
             where status in ('trialing', 'active', 'past_due') and current_period_end < $1::timestamptz - interval '2 hours'`,
  },
  {
    key: 'invoices_add_up',
    rule: 'The lines of every invoice add up to its subtotal',
    remedy: 'Resync the organization of the invoice.',
    count: `select count(*)::int as violations from invoices i
             where $1::timestamptz is not null and i.status <> 'draft'
               and exists (select from invoice_lines l where l.organization_id = i.organization_id and l.invoice_id = i.id)
               and i.subtotal_minor <> (select sum(l.amount_minor) from invoice_lines l
                                         where l.organization_id = i.organization_id and l.invoice_id = i.id)`,
  },
  {
    key: 'every_organization_owned',
    rule: 'Every active organization that has members has an owner',
    remedy: 'Make one of its members owner.',
    count: `select count(*)::int as violations from organizations o
             where $1::timestamptz is not null and o.status = 'active'
               and exists (select from members m where m.organization_id = o.id)
               and not exists (select from members m where m.organization_id = o.id and m.role = 'owner')`,
  },
  {
    key: 'usage_relayed',
    rule: 'No usage event waits for more than five minutes for the second store',
    remedy: 'Is ClickHouse running and CLICKHOUSE_URL right? Until then PostgreSQL has everything.',
    count: `select count(*)::int as violations from (select * from usage_relay order by sequence limit 1000) waiting
             join lateral (select recorded_at from usage_events
                            where organization_id = waiting.organization_id and id = waiting.id limit 1) event on true
             where event.recorded_at < $1::timestamptz - interval '5 minutes'`,
  },
  {
    key: 'senders_agree',
    rule: "In the last 30 days no sender's own figures differed from ours",
    remedy:
      'The tab "Backfills and checks" of its usage shows both; look for events that were refused or never sent.',
    count: `select count(*)::int as violations from usage_checks
             where checked_at > $1::timestamptz - interval '30 days'
               and (their_count <> our_count or their_total <> our_total)`,
  },
  {
    key: 'calls_have_minutes',
    rule: 'No call of the day before yesterday is without its minutes',
    remedy:
      'Its platform reported the call and not how long it was: report the minutes with the same subject.',
    // Spans of days and no look-up per call, so that it reads each event of these days once.
    count: `select count(distinct (called.organization_id, called.subject))::int as violations
              from usage_events called
             where called.meter = 'call' and called.kind = 'usage' and called.subject is not null
               and called.occurred_at >= $1::timestamptz - interval '48 hours'
               and called.occurred_at < $1::timestamptz - interval '24 hours'
               and not exists (select from usage_events minute
                                where minute.organization_id = called.organization_id and minute.subject = called.subject
                                  and minute.meter = 'minute' and minute.kind = 'usage'
                                  and minute.occurred_at >= $1::timestamptz - interval '72 hours')
               and not exists (select from usage_events taken
                                where taken.organization_id = called.organization_id and taken.adjusts_event_id = called.id
                                  and taken.meter = 'call' and taken.kind = 'void'
                                  and taken.occurred_at >= $1::timestamptz - interval '48 hours')`,
  },
  {
    key: 'plans_known',
    rule: 'Every subscription is pinned to a published plan version',
    remedy: 'Run "catalog push" with the catalogue that sold it.',
    count: `select count(*)::int as violations from subscriptions s
             where $1::timestamptz is not null and s.status not in ('canceled', 'incomplete_expired')
               and not exists (select from plan_versions v where v.family = s.family and v.plan = s.plan
                                and v.version = s.plan_version and v.status <> 'draft')`,
  },
];
