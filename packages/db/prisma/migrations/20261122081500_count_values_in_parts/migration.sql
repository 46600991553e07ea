-- safe
SET lock_timeout = '10s';

-- Up to which instant a counter of different values counts the events of its window; null = all of it. A counter of a
-- full window is made part by part, and an old one is first emptied of its values: until it is whole, nobody reads it.
ALTER TABLE limit_counters ADD COLUMN counted_until TIMESTAMPTZ(3);
ALTER TABLE limit_counters
  ADD CONSTRAINT limit_counters_counted_until_check CHECK (counted_until >= window_start AND counted_until < window_end) NOT VALID;
ALTER TABLE limit_counters VALIDATE CONSTRAINT limit_counters_counted_until_check;

-- Retention: the workers mark an old counter as counting nothing before they take its values away.
CREATE POLICY retention_update ON limit_counters FOR UPDATE TO mg_worker
  USING (window_end < now() - interval '70 days') WITH CHECK (window_end < now() - interval '70 days');
GRANT SELECT (counted_until), UPDATE (counted_until, used) ON limit_counters TO mg_worker;
