-- safe
SET lock_timeout = '10s';

-- What came late or corrects others, summed up as it is written: by quarter of an hour of happening, as all usage, and
-- by the hour of recording, because what is late for a span depends on where the span ends. A sum has the organization,
-- meter, client and quarter of an hour of one bucket, whose row every writer locks before: nobody waits for a sum.
CREATE TABLE "public"."usage_part_sums" (
    "organization_id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "bucket_start" TIMESTAMPTZ(3) NOT NULL,
    "client_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    "kind" TEXT NOT NULL,
    "recorded_hour" TIMESTAMPTZ(3) NOT NULL,
    "event_count" BIGINT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,

    CONSTRAINT "usage_part_sums_pkey" PRIMARY KEY ("organization_id","meter","bucket_start","client_id","kind","recorded_hour")
);
ALTER TABLE usage_part_sums ADD CONSTRAINT usage_part_sums_event_count_check CHECK (event_count >= 0);
SELECT protect_tenant_table('usage_part_sums');
GRANT SELECT ON usage_part_sums TO mg_app, mg_platform;

-- What was written is looked at once; the sums, months to open again and what has to be told to Stripe are thought of
-- only where something is late or rated there, so that a single event costs no more than before.
CREATE OR REPLACE FUNCTION cue_late_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE is_special boolean; is_rated boolean;
BEGIN
  WITH used AS MATERIALIZED (
    SELECT organization_id, min(occurred_at) AS first_at, max(recorded_at) AS recorded_at,
           bool_or(kind <> 'usage') AS is_correcting
      FROM written GROUP BY organization_id
  ), cued AS (
    INSERT INTO usage_billing_cues (organization_id)
    SELECT look.organization_id
      FROM used JOIN usage_billing_looks look ON look.organization_id = used.organization_id
     WHERE used.first_at < look.closed_until
  )
  SELECT bool_or(is_correcting OR recorded_at - first_at >= interval '1 hour'),
         EXISTS (SELECT FROM used JOIN usage_report_looks look ON look.organization_id = used.organization_id
                  WHERE look.meters <> '{}')
    INTO is_special, is_rated FROM used;
  IF is_rated THEN
    WITH hours AS (
      SELECT look.organization_id, date_trunc('hour', written.occurred_at, 'UTC') + interval '1 hour' AS due_at,
             min(written.recorded_at) AS noted_at
        FROM written JOIN usage_report_looks look
          ON look.organization_id = written.organization_id AND written.meter = ANY (look.meters)
       GROUP BY 1, 2
    )
    INSERT INTO usage_report_cues (organization_id, due_at, noted_at)
    SELECT organization_id, due_at, noted_at FROM hours
     WHERE NOT EXISTS (SELECT FROM usage_report_cues known
                        WHERE known.organization_id = hours.organization_id AND known.due_at = hours.due_at
                          AND known.noted_at > hours.noted_at - interval '5 minutes');
  END IF;
  IF is_special THEN
    INSERT INTO usage_reopenings (organization_id, id, occurred_from, noted_at)
    SELECT organization_id, gen_random_uuid(), min(occurred_at), max(recorded_at)
      FROM written GROUP BY organization_id HAVING min(occurred_at) < max(recorded_at) - interval '35 days';
    INSERT INTO usage_part_sums AS sums
           (organization_id, meter, bucket_start, client_id, kind, recorded_hour, event_count, quantity)
    SELECT organization_id, meter, date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z'),
           coalesce(client_id, '00000000-0000-0000-0000-000000000000'), kind,
           date_bin('1 hour', recorded_at, '2000-01-01T00:00:00Z'), count(*), sum(quantity)
      FROM written WHERE kind <> 'usage' OR recorded_at - occurred_at >= interval '1 hour'
     GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (organization_id, meter, bucket_start, client_id, kind, recorded_hour) DO UPDATE
       SET event_count = sums.event_count + excluded.event_count, quantity = sums.quantity + excluded.quantity;
  END IF;
  RETURN NULL;
END $$;

-- Events that are retired leave these sums; the parts of a total name them on their own.
CREATE FUNCTION forget_part_sums() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH left_out AS (
    SELECT organization_id, meter, date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z') AS bucket_start,
           coalesce(client_id, '00000000-0000-0000-0000-000000000000') AS client_id, kind,
           date_bin('1 hour', recorded_at, '2000-01-01T00:00:00Z') AS recorded_hour, count(*) AS events,
           sum(quantity) AS quantity
      FROM gone WHERE kind <> 'usage' OR recorded_at - occurred_at >= interval '1 hour'
     GROUP BY 1, 2, 3, 4, 5, 6
  )
  UPDATE usage_part_sums sums
     SET event_count = sums.event_count - left_out.events, quantity = sums.quantity - left_out.quantity
    FROM left_out
   WHERE sums.organization_id = left_out.organization_id AND sums.meter = left_out.meter
     AND sums.bucket_start = left_out.bucket_start AND sums.client_id = left_out.client_id
     AND sums.kind = left_out.kind AND sums.recorded_hour = left_out.recorded_hour;
  DELETE FROM usage_part_sums sums
   USING (SELECT organization_id, meter, min(occurred_at) AS first_at, max(occurred_at) AS last_at
            FROM gone GROUP BY 1, 2) AS looked_at
   WHERE sums.organization_id = looked_at.organization_id AND sums.meter = looked_at.meter
     AND sums.bucket_start > looked_at.first_at - interval '15 minutes' AND sums.bucket_start <= looked_at.last_at
     AND sums.event_count = 0;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION forget_part_sums FROM PUBLIC;
CREATE TRIGGER forget_part_sums AFTER DELETE ON usage_events REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION forget_part_sums();

-- What is there already, while nobody writes.
LOCK TABLE usage_events IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO usage_part_sums (organization_id, meter, bucket_start, client_id, kind, recorded_hour, event_count, quantity)
SELECT organization_id, meter, date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z'),
       coalesce(client_id, '00000000-0000-0000-0000-000000000000'), kind,
       date_bin('1 hour', recorded_at, '2000-01-01T00:00:00Z'), count(*), sum(quantity)
  FROM usage_events WHERE kind <> 'usage' OR recorded_at - occurred_at >= interval '1 hour'
 GROUP BY 1, 2, 3, 4, 5, 6;
