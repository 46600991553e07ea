-- safe
SET lock_timeout = '10s';

-- What a total is made of is read from sums, without its events: only those are looked at that were recorded an hour
-- after they happened or later, or that correct others. Late for a span is what came an hour after its end, so it is
-- among them whatever the span is. Everything that is asked of such an event is in the index.
CREATE INDEX usage_events_late_or_correcting_idx ON usage_events (organization_id, meter, occurred_at)
  INCLUDE (kind, recorded_at, quantity)
  WHERE kind <> 'usage' OR recorded_at - occurred_at >= interval '1 hour';
