-- safe
SET lock_timeout = '10s';

-- Which events a backfill made is noted where they are stored; the application only reads it.
REVOKE INSERT, UPDATE ON usage_backfill_events FROM mg_app;
