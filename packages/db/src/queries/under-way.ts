import type { InFlight } from '@metergate/core/payments/drift/classify-drift';
import type { UnderWay } from '@metergate/core/payments/drift/drift.ports';
import type pg from 'pg';

/**
 * Use `database.platform`: an event belongs to nobody until a worker has taken it up, and is found by its customer.
 */
export function createUnderWay(pool: pg.Pool): UnderWay {
  return {
    async read(organizationId, now) {
      const { rows: events } = await pool.query<InFlight['events'][number]>(
        `select external_id as name, type, object_id as "objectId", status in ('dead', 'parked') as "isGivenUp"
         from inbound_events
         where status in ('received', 'processing', 'failed', 'dead', 'parked')
           and (organization_id = $1
             or stripe_customer_id = (select stripe_customer_id from organizations where id = $1))
         order by received_at limit 1000`,
        [organizationId],
      );
      const { rows: messages } = await pool.query<InFlight['messages'][number]>(
        `select idempotency_key as name, payload ->> 'stripeSubscriptionId' as "stripeSubscriptionId",
                status = 'dead' as "isGivenUp"
         from outbox
         where organization_id = $1 and status in ('pending', 'sending', 'failed', 'dead')
         order by sequence limit 1000`,
        [organizationId],
      );
      const { rows: claims } = await pool.query(
        'select from purchase_claims where organization_id = $1 and holder is not null and lease_until > $2 limit 1',
        [organizationId, now],
      );
      return { events, messages, isChanging: claims.length > 0 };
    },
  };
}
