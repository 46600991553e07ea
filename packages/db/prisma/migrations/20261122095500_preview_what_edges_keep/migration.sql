-- safe
SET lock_timeout = '10s';

-- Quarters of an hour in which a period begins or ends: part of their events belongs to either side, so all of them stay.
-- Asked by whoever takes events away, and by whoever is shown before which would go.
CREATE FUNCTION usage_edge_buckets(organization uuid) RETURNS timestamptz[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT date_bin('15 minutes', edge, '2000-01-01T00:00:00Z')), '{}') FROM (
    SELECT unnest(ARRAY[period_start, period_end, counted_from]) AS edge FROM usage_billings
     WHERE organization_id = organization
    UNION SELECT unnest(ARRAY[period_start, period_end]) FROM usage_proofs WHERE organization_id = organization
    UNION SELECT effective_at FROM subscription_terms WHERE organization_id = organization
    UNION SELECT unnest(ARRAY[current_period_start, ended_at, created_at]) FROM subscriptions
           WHERE organization_id = organization
  ) AS edges WHERE edge IS NOT NULL;
$$;
REVOKE EXECUTE ON FUNCTION usage_edge_buckets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_edge_buckets TO mg_app;

CREATE OR REPLACE FUNCTION retire_usage(target_meter text, before timestamptz, from_instant timestamptz, count_max int)
RETURNS TABLE (retired bigint, up_to timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  organization uuid := nullif(current_setting('app.organization_id', true), '')::uuid;
  ends_before timestamptz;
  cut timestamptz;
  cut_buckets timestamptz[];
  moved bigint;
  touched bigint;
  expected bigint;
BEGIN
  IF organization IS NULL THEN RAISE EXCEPTION 'retiring usage needs an organization'; END IF;
  PERFORM pg_advisory_xact_lock(28007, ('x' || right(organization::text, 4))::bit(16)::int % 64);
  ends_before := least(before, usage_held_from(organization, target_meter));
  SELECT max(batch.occurred_at) INTO cut FROM (
    SELECT occurred_at FROM usage_events
     WHERE organization_id = organization AND meter = target_meter
       AND occurred_at >= from_instant AND occurred_at < ends_before
     ORDER BY occurred_at LIMIT count_max) AS batch;
  IF cut IS NULL THEN RETURN QUERY SELECT 0::bigint, NULL::timestamptz; RETURN; END IF;
  cut_buckets := usage_edge_buckets(organization);
  PERFORM set_config('app.retiring_usage', 'on', true);
  WITH gone AS (
    DELETE FROM usage_events
     WHERE organization_id = organization AND meter = target_meter
       AND occurred_at >= from_instant AND occurred_at <= cut
       AND date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z') <> ALL (cut_buckets)
    RETURNING id, payload_hash, kind, quantity, occurred_at, client_id
  ), remembered AS (
    INSERT INTO retired_usage_events (organization_id, id, payload_hash)
    SELECT organization, id, payload_hash FROM gone
  ), sums AS (
    SELECT coalesce(client_id, '00000000-0000-0000-0000-000000000000') AS client,
           date_bin('15 minutes', occurred_at, '2000-01-01T00:00:00Z') AS start, sum(quantity) AS quantity,
           sum(CASE kind WHEN 'usage' THEN 1 WHEN 'void' THEN -1 ELSE 0 END) AS events
      FROM gone GROUP BY 1, 2
  ), moved_sums AS (
    UPDATE usage_buckets bucket
       SET retired_quantity = bucket.retired_quantity + sums.quantity,
           retired_count = bucket.retired_count + sums.events
      FROM sums
     WHERE bucket.organization_id = organization AND bucket.meter = target_meter
       AND bucket.client_id = sums.client AND bucket.bucket_start = sums.start
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM sums), (SELECT count(*) FROM moved_sums)
    INTO moved, expected, touched;
  PERFORM set_config('app.retiring_usage', '', true);
  IF expected <> touched THEN
    RAISE EXCEPTION 'usage without its sum: run rebuild-projections first' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN QUERY SELECT moved, cut;
END $$;
