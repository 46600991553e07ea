-- safe
SET lock_timeout = '10s';

-- The oldest open event, and all that wait for the same customer, are found without reading the whole backlog.
-- Parked events wait for a customer to become known and would only be in the way.
DROP INDEX inbound_events_open_key;
CREATE INDEX inbound_events_queue_key ON inbound_events (stripe_created_at, received_at, id)
  WHERE status IN ('received', 'failed', 'processing');
DROP INDEX inbound_events_customer_key;
CREATE INDEX inbound_events_customer_key ON inbound_events (stripe_customer_id)
  WHERE status IN ('received', 'failed', 'processing', 'parked');
