-- safe
SET lock_timeout = '10s';

-- What most batches need is one statement; the second one, for usage that Stripe rates, runs only where there is any. A
-- part of a statement that finds nothing still has to be set up: 50 µs for each batch, a third of this trigger.
CREATE OR REPLACE FUNCTION cue_late_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_rated boolean;
BEGIN
  WITH used AS MATERIALIZED (
    SELECT organization_id, min(occurred_at) AS first_at, max(recorded_at) AS recorded_at
      FROM written GROUP BY organization_id
  ), reopened AS (
    INSERT INTO usage_reopenings (organization_id, id, occurred_from, noted_at)
    SELECT organization_id, gen_random_uuid(), first_at, recorded_at
      FROM used WHERE first_at < recorded_at - interval '35 days'
  ), cued AS (
    INSERT INTO usage_billing_cues (organization_id)
    SELECT look.organization_id
      FROM used JOIN usage_billing_looks look ON look.organization_id = used.organization_id
     WHERE used.first_at < look.closed_until
  )
  SELECT EXISTS (
    SELECT FROM used JOIN usage_report_looks look ON look.organization_id = used.organization_id
     WHERE look.meters <> '{}'
  ) INTO is_rated;
  IF is_rated THEN
    WITH rated AS MATERIALIZED (
      SELECT look.organization_id, look.meters
        FROM (SELECT DISTINCT organization_id FROM written) AS used
        JOIN usage_report_looks look ON look.organization_id = used.organization_id
       WHERE look.meters <> '{}'
    ), hours AS (
      SELECT rated.organization_id, date_trunc('hour', written.occurred_at, 'UTC') + interval '1 hour' AS due_at,
             min(written.recorded_at) AS noted_at
        FROM rated JOIN written
          ON written.organization_id = rated.organization_id AND written.meter = ANY (rated.meters)
       GROUP BY 1, 2
    )
    INSERT INTO usage_report_cues (organization_id, due_at, noted_at)
    SELECT organization_id, due_at, noted_at FROM hours
     WHERE NOT EXISTS (SELECT FROM usage_report_cues known
                        WHERE known.organization_id = hours.organization_id AND known.due_at = hours.due_at
                          AND known.noted_at > hours.noted_at - interval '5 minutes');
  END IF;
  RETURN NULL;
END $$;
