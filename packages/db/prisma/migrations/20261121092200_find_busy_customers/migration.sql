-- safe
SET lock_timeout = '10s';

-- Few events are being worked on at any moment; their customers are left out of every claim.
CREATE INDEX inbound_events_busy_key ON inbound_events (lease_until) WHERE status = 'processing';
