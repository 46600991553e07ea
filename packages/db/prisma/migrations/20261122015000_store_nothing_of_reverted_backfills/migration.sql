-- safe
SET lock_timeout = '10s';

-- Whoever stores events of a backfill locks it meanwhile, so that it is not taken back between the look and the commit,
-- and notes in the same transaction whose they are. A row lock needs the right to update one column; the intake changes
-- none.
SELECT allow_ingest('usage_backfills'), allow_ingest('usage_backfill_events');
GRANT SELECT, UPDATE (created_at) ON usage_backfills TO mg_ingest;
GRANT SELECT, INSERT, UPDATE (backfill_id) ON usage_backfill_events TO mg_ingest;
