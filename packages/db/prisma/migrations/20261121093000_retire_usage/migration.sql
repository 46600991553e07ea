-- safe
SET lock_timeout = '10s';

-- Usage events are not kept for ever; that their ids are taken is. What an event added to its quarter of an hour moves
-- to the bucket's own columns, so that a bucket still equals its remaining events plus what was retired.
CREATE TABLE "public"."retired_usage_events" (
    "organization_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "payload_hash" BYTEA NOT NULL,

    CONSTRAINT "retired_usage_events_pkey" PRIMARY KEY ("organization_id","id")
);
ALTER TABLE retired_usage_events
  ADD CONSTRAINT retired_usage_events_payload_hash_check CHECK (octet_length(payload_hash) = 32);
SELECT protect_tenant_table('retired_usage_events');
SELECT allow_ingest('retired_usage_events');
GRANT SELECT ON retired_usage_events TO mg_app, mg_ingest, mg_platform;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON retired_usage_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON retired_usage_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE usage_buckets
  ADD COLUMN retired_quantity DECIMAL(38,12) NOT NULL DEFAULT 0,
  ADD COLUMN retired_count BIGINT NOT NULL DEFAULT 0;

-- Events go only through `retire_usage`, which says so for its own transaction. The setting alone opens nothing: no
-- application role has the right to delete an event.
CREATE FUNCTION refuse_change_unless_retiring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('app.retiring_usage', true) = 'on' THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only_rows ON usage_events;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON usage_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change_unless_retiring();

-- From when on an organization's usage of a meter is still needed: by a running period, by billing that is not
-- finished or not proven, by a message to Stripe that was given up, by a case. NULL = nothing needs it.
CREATE FUNCTION usage_held_from(organization uuid, target_meter text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  WITH settled AS (
    SELECT subscription_id, max(period_end) AS up_to FROM (
      SELECT subscription_id, period_end FROM usage_billings
       WHERE organization_id = organization AND feature = target_meter AND kind = 'final' AND status = 'billed'
      UNION ALL
      SELECT subscription_id, period_end FROM usage_proofs
       WHERE organization_id = organization AND meter = target_meter AND verdict = 'equal'
    ) AS done GROUP BY subscription_id
  )
  SELECT least(
    (SELECT min(current_period_start) FROM subscriptions
      WHERE organization_id = organization AND status NOT IN ('canceled', 'incomplete_expired')),
    (SELECT min(settled.up_to) FROM settled JOIN subscriptions subscription
        ON subscription.organization_id = organization AND subscription.id = settled.subscription_id
      WHERE settled.up_to < coalesce(subscription.ended_at, 'infinity')),
    (SELECT min(coalesce(counted_from, period_start)) FROM usage_billings
      WHERE organization_id = organization AND status <> 'billed'),
    (SELECT min(period_start) FROM usage_proofs WHERE organization_id = organization AND verdict <> 'equal'),
    (SELECT min(bucket_start) FROM usage_reports
      WHERE organization_id = organization AND status IN ('pending', 'failed')),
    (SELECT min(occurred_from) FROM usage_reopenings WHERE organization_id = organization AND settled_at IS NULL),
    (SELECT '-infinity'::timestamptz FROM outbox
      WHERE organization_id = organization AND status = 'dead' LIMIT 1),
    (SELECT '-infinity'::timestamptz FROM disputes
      WHERE organization_id = organization AND status = 'open' LIMIT 1))
$$;

-- Retires up to about `count_max` events of one meter of the organization in context that happened in
-- [from_instant, before), oldest first. Answers how many went and the last instant looked at; NULL = nothing is left.
-- A quarter of an hour that a billing period or a change of terms cuts keeps its events: a total of such a period is
-- made of them. Nobody adds usage meanwhile, so that a repeated id meets either its event or its retired id.
CREATE FUNCTION retire_usage(target_meter text, before timestamptz, from_instant timestamptz, count_max int)
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
  SELECT coalesce(array_agg(DISTINCT date_bin('15 minutes', edge, '2000-01-01T00:00:00Z')), '{}') INTO cut_buckets FROM (
    SELECT unnest(ARRAY[period_start, period_end, counted_from]) AS edge FROM usage_billings
     WHERE organization_id = organization
    UNION SELECT unnest(ARRAY[period_start, period_end]) FROM usage_proofs WHERE organization_id = organization
    UNION SELECT effective_at FROM subscription_terms WHERE organization_id = organization
    UNION SELECT unnest(ARRAY[current_period_start, ended_at, created_at]) FROM subscriptions
           WHERE organization_id = organization
  ) AS edges WHERE edge IS NOT NULL;
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
REVOKE EXECUTE ON FUNCTION retire_usage, usage_held_from FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retire_usage, usage_held_from TO mg_app;
