-- safe
SET lock_timeout = '10s';

-- A known event id that came again with other content: the first one counts, that it happened is kept to be looked at.
ALTER TABLE inbound_events
  ADD COLUMN conflicts INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN conflicted_at TIMESTAMPTZ(3),
  ADD COLUMN conflicting_payload JSONB;
ALTER TABLE inbound_events
  ADD CONSTRAINT inbound_events_conflicts_check
    CHECK (conflicts >= 0 AND (conflicts > 0) = (conflicted_at IS NOT NULL)) NOT VALID;
