import { asId } from '@metergate/core';
import type pg from 'pg';
import { inPoolTransaction } from '../pool-transaction.ts';
import type { ClaimedInboundEvent, ClaimOptions } from './inbound-queue.ts';

interface ClaimedRow {
  id: string;
  external_id: string;
  type: string;
  livemode: boolean;
  object_id: string | null;
  stripe_customer_id: string | null;
  organization_id: string | null;
  attempts: number;
  payload: Record<string, unknown>;
}

/** One transaction at a time decides what is claimed, so that no two workers take events of one customer. */
const claimLock = 6_173_001;

/** Events that may be settled by one reading, whichever they are; bounds what is repeated when the worker dies. */
const TOGETHER_MAX = 100;

/**
 * The oldest due event with everything else that is due for its customer: one reading of Stripe is newer than all of
 * them. An event that failed is taken alone, so that what is wrong with it touches no other. Never two of one
 * customer at once; an event that waits for its next attempt does not hold up the others. A lease that has run out is
 * taken over and counts as an attempt: its worker died, perhaps of this event. The advisory lock makes claims of
 * several workers follow each other; each then sees the one before.
 */
export async function claimInboundEvents(
  pool: pg.Pool,
  options: ClaimOptions,
): Promise<ClaimedInboundEvent[]> {
  const claim = (client: pg.ClientBase) =>
    client.query<ClaimedRow>({
      name: 'claim-inbound-events',
      text: claimSql,
      values: [options.leasedBy, options.leaseSeconds, options.isHurried, options.except],
    });
  const { rows } = await inPoolTransaction(pool, claim, beginClaim);
  return rows.map(fromRow);
}

/** Without sorting the index is walked from the oldest event to the first that fits, however long the backlog is. */
const beginClaim = `begin; set local enable_sort = off; set local enable_bitmapscan = off;
  select pg_advisory_xact_lock(${claimLock})`;

const isDue = `
  e.status in ('received', 'failed', 'processing') and e.id <> all ($4::uuid[])
  and ((e.status <> 'processing' and ($3 or e.next_attempt_at <= now()))
    or (e.status = 'processing' and e.lease_until < now()))`;

const claimSql = `
  with busy as materialized (
    select coalesce(array_agg(stripe_customer_id) filter (where stripe_customer_id is not null), '{}') as customers
    from inbound_events where status = 'processing' and lease_until >= now()
  ), first as (
    select e.id, e.stripe_customer_id, e.attempts
    from inbound_events e
    where ${isDue}
      and (e.stripe_customer_id is null or e.stripe_customer_id <> all ((select customers from busy)::text[]))
    order by e.stripe_created_at, e.received_at, e.id
    limit 1
    for update of e skip locked
  ), others as (
    select e.id from inbound_events e join first on first.stripe_customer_id = e.stripe_customer_id
    where first.attempts = 0 and e.attempts = 0 and e.id <> first.id
      and ${isDue}
    limit ${TOGETHER_MAX - 1}
    for update of e skip locked
  ), picked as (
    select id from first union all select id from others
  ), claimed as (
    update inbound_events e
    set status = 'processing', leased_by = $1, lease_until = now() + make_interval(secs => $2),
        attempts = e.attempts + case when e.status = 'processing' then 1 else 0 end,
        organization_id = coalesce(
          (select o.id from organizations o where o.stripe_customer_id = e.stripe_customer_id), e.organization_id)
    from picked
    where e.id = picked.id
    returning e.*
  )
  select id, external_id, type, livemode, object_id, stripe_customer_id, organization_id, attempts, payload
  from claimed order by stripe_created_at, received_at, id`;

function fromRow(row: ClaimedRow): ClaimedInboundEvent {
  return {
    id: row.id,
    externalId: row.external_id,
    type: row.type,
    isLive: row.livemode,
    objectId: row.object_id,
    stripeCustomerId: row.stripe_customer_id,
    organizationId: row.organization_id === null ? null : asId('organization', row.organization_id),
    attempts: row.attempts,
    payload: row.payload,
  };
}
