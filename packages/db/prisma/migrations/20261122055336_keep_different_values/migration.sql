-- safe
SET lock_timeout = '10s';

-- The values that a counter of a meter with different values counts, and of how many events each is: a value that only
-- events taken back had is there no more, as nought. Whoever holds the lock of the counter's row is alone with them, and
-- they come and go with it. Values are compared as bytes. Most events repeat a value: pages keep room for that.
CREATE TABLE "public"."limit_counter_values" (
    "organization_id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "client_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "window_end" TIMESTAMPTZ(3) NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,
    "event_count" BIGINT NOT NULL,

    CONSTRAINT "limit_counter_values_pkey" PRIMARY KEY ("organization_id","feature","client_id","window_start","window_end","value")
) WITH (fillfactor = 80);
ALTER TABLE limit_counter_values
  ADD CONSTRAINT limit_counter_values_event_count_check CHECK (event_count >= 0),
  ADD CONSTRAINT limit_counter_values_value_check CHECK (octet_length(value) <= 255);
SELECT protect_tenant_table('limit_counter_values');
SELECT allow_ingest('limit_counter_values');
GRANT SELECT, INSERT, UPDATE, DELETE ON limit_counter_values TO mg_ingest;
GRANT SELECT, UPDATE ON limit_counter_values TO mg_app;
GRANT SELECT ON limit_counter_values TO mg_platform;

-- Retention: of windows that ended long ago the workers take counters with values away. Who asks again computes them.
CREATE POLICY retention_read ON limit_counters FOR SELECT TO mg_worker
  USING (window_end < now() - interval '70 days');
CREATE POLICY retention_delete ON limit_counters FOR DELETE TO mg_worker
  USING (window_end < now() - interval '70 days');
CREATE POLICY retention_read ON limit_counter_values FOR SELECT TO mg_worker
  USING (window_end < now() - interval '70 days');
CREATE POLICY retention_delete ON limit_counter_values FOR DELETE TO mg_worker
  USING (window_end < now() - interval '70 days');
GRANT SELECT (organization_id, feature, client_id, window_start, window_end), DELETE ON limit_counters TO mg_worker;
GRANT SELECT, DELETE ON limit_counter_values TO mg_worker;

-- A meter that counts something else from now on has no counters until they are asked for. Its usage waits meanwhile
-- (the 64 locks of everybody who adds usage), so that nobody adds to a counter what it would not have counted.
CREATE FUNCTION forget_counters_of_meter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(28007, partition) FROM generate_series(0, 63) AS partition;
  DELETE FROM limit_counters WHERE feature = NEW.key;
  DELETE FROM limit_counter_values WHERE feature = NEW.key;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION forget_counters_of_meter FROM PUBLIC;
CREATE TRIGGER forget_counters AFTER UPDATE ON meters FOR EACH ROW
  WHEN ('unique_count' IN (OLD.content ->> 'aggregation', NEW.content ->> 'aggregation')
        AND (OLD.content ->> 'aggregation', OLD.content ->> 'valueField')
            IS DISTINCT FROM (NEW.content ->> 'aggregation', NEW.content ->> 'valueField'))
  EXECUTE FUNCTION forget_counters_of_meter();
CREATE TRIGGER forget_counters_of_new AFTER INSERT ON meters FOR EACH ROW
  WHEN (NEW.content ->> 'aggregation' = 'unique_count')
  EXECUTE FUNCTION forget_counters_of_meter();
