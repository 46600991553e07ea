-- safe
SET lock_timeout = '10s';

-- A subscription whose first payment is open gives no service yet, so it must not keep the place of its family from
-- the one that is paid for in a second attempt.
DROP INDEX subscriptions_one_per_family_key;
CREATE UNIQUE INDEX subscriptions_one_per_family_key ON subscriptions (organization_id, family)
  WHERE status NOT IN ('canceled', 'incomplete_expired', 'incomplete');

-- Claiming asks for due rows in the order of their arrival, and whether a customer is being worked on.
CREATE INDEX inbound_events_open_key ON inbound_events (next_attempt_at, stripe_created_at)
  WHERE status IN ('received', 'failed', 'processing', 'parked');
CREATE INDEX inbound_events_customer_key ON inbound_events (stripe_customer_id) WHERE status = 'processing';
CREATE INDEX outbox_open_key ON outbox (organization_id, sequence) WHERE status IN ('pending', 'sending', 'failed');
