import type { OrganizationId } from '@metergate/core';
import type pg from 'pg';
import { claimInboundEvents } from './claim-inbound-events.ts';
import { settleInboundEvents } from './settle-inbound-events.ts';

/** An event as it came in, checked and read but not yet acted on. */
export interface NewInboundEvent {
  id: string;
  externalId: string;
  type: string;
  apiVersion: string | null;
  isLive: boolean;
  createdAt: Date;
  objectId: string | null;
  stripeCustomerId: string | null;
  payload: Readonly<Record<string, unknown>>;
  payloadHash: Uint8Array;
  receivedAt: Date;
}

export interface ClaimedInboundEvent {
  id: string;
  externalId: string;
  type: string;
  isLive: boolean;
  objectId: string | null;
  stripeCustomerId: string | null;
  organizationId: OrganizationId | null;
  attempts: number;
  payload: Readonly<Record<string, unknown>>;
}

export interface ClaimOptions {
  leasedBy: string;
  leaseSeconds: number;
  /** Does not wait for the pause between attempts; for draining. */
  isHurried: boolean;
  /** Rows that failed in this drain already for lack of an answer. */
  except: readonly string[];
}

export interface InboundQueue {
  /** `inserted` false = the external id is there already; `conflicts` = how often it came with other content, if now. */
  insert(event: NewInboundEvent): Promise<{ inserted: boolean; conflicts: number | null }>;
  /** Of these ids of Stripe those that never came. */
  unknownOf(externalIds: readonly string[]): Promise<string[]>;
  /** Parked events whose customer has become known wait again; answers how many. */
  takeUpParked(): Promise<number>;
  /** Events of one customer, oldest first; empty when nothing is due. */
  claim(options: ClaimOptions): Promise<ClaimedInboundEvent[]>;
  /** Ends the attempt of each event; what somebody else took over meanwhile is left alone. */
  settle(leasedBy: string, endings: readonly InboundEnding[]): Promise<void>;
}

export type InboundOutcome =
  | { status: 'ignored'; at: Date; effect: unknown }
  | { status: 'parked'; error: string }
  /** Waits again, now among the events of this customer. */
  | { status: 'received'; stripeCustomerId: string }
  | { status: 'failed'; error: string; retryInSeconds: number; attempts: number }
  | { status: 'dead'; error: string; attempts: number };

export interface InboundEnding {
  id: string;
  /** `processed` was written with the effect and only gets its entry in the history. */
  outcome: InboundOutcome | { status: 'processed' };
  /** Null = nothing was tried: no entry in the history. */
  attempt: { startedAt: Date; finishedAt: Date; durationMs: number } | null;
}

/** Use `database.worker`: it sees the events of every organization. Leases run on the database's own clock. */
export function createInboundQueue(pool: pg.Pool): InboundQueue {
  return {
    insert: (event) => insert(pool, event),
    async unknownOf(externalIds) {
      const { rows } = await pool.query<{ id: string }>(
        `select id from unnest($1::text[]) as listed (id)
         where not exists (
           select 1 from inbound_events e where e.source = 'stripe' and e.external_id = listed.id)`,
        [externalIds],
      );
      return rows.map(({ id }) => id);
    },
    async takeUpParked() {
      const { rowCount } = await pool.query(
        `update inbound_events e set status = 'received', last_error = null
         from organizations o where e.status = 'parked' and o.stripe_customer_id = e.stripe_customer_id`,
      );
      return rowCount ?? 0;
    },
    claim: (options) => claimInboundEvents(pool, options),
    settle: (leasedBy, endings) => settleInboundEvents(pool, leasedBy, endings),
  };
}

async function insert(pool: pg.Pool, event: NewInboundEvent) {
  const { rows } = await pool.query<{ id: string }>(
    `insert into inbound_events
       (id, source, external_id, type, api_version, livemode, stripe_created_at, payload, payload_hash,
        object_id, stripe_customer_id, status, attempts, next_attempt_at, received_at)
     values ($1, 'stripe', $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received', 0, now(), $11)
     on conflict (source, external_id) do nothing
     returning id`,
    [
      event.id,
      event.externalId,
      event.type,
      event.apiVersion,
      event.isLive,
      event.createdAt,
      JSON.stringify(event.payload),
      event.payloadHash,
      event.objectId,
      event.stripeCustomerId,
      event.receivedAt,
    ],
  );
  if (rows.length === 1) return { inserted: true, conflicts: null };
  const known = await pool.query<{ conflicts: number }>(
    `update inbound_events
     set conflicts = conflicts + 1, conflicted_at = $3, conflicting_payload = coalesce(conflicting_payload, $4)
     where source = 'stripe' and external_id = $1 and payload_hash <> $2 returning conflicts`,
    [event.externalId, event.payloadHash, event.receivedAt, JSON.stringify(event.payload)],
  );
  return { inserted: false, conflicts: known.rows[0]?.conflicts ?? null };
}
