-- safe
SET lock_timeout = '10s';

-- The trigger on written usage again with everything it does: the migration before had put it back to a form without the
-- sums of what came late or corrects others.
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

-- Written anew while nobody writes: between the two migrations nothing was summed.
LOCK TABLE usage_events IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM usage_part_sums;
INSERT INTO usage_part_sums (organization_id, meter, bucket_start, client_id, kind, recorded_hour, event_count, quantity)
SELECT organization_id, meter, date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z'),
       coalesce(client_id, '00000000-0000-0000-0000-000000000000'), kind,
       date_bin('1 hour', recorded_at, '2000-01-01T00:00:00Z'), count(*), sum(quantity)
  FROM usage_events WHERE kind <> 'usage' OR recorded_at - occurred_at >= interval '1 hour'
 GROUP BY 1, 2, 3, 4, 5, 6;
