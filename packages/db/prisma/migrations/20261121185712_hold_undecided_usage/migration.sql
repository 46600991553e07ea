-- safe
SET lock_timeout = '10s';

-- Usage older than late usage may be reopens its month by itself, in its own transaction: a key that may fill in the past
-- can use the ordinary intake, and a look at an organization reaches back 36 days only.
CREATE OR REPLACE FUNCTION cue_late_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH used AS MATERIALIZED (
    SELECT organization_id, min(occurred_at) AS first_at, max(recorded_at) AS recorded_at
      FROM written GROUP BY organization_id
  ), reopened AS (
    INSERT INTO usage_reopenings (organization_id, id, occurred_from, noted_at)
    SELECT organization_id, gen_random_uuid(), first_at, recorded_at
      FROM used WHERE first_at < recorded_at - interval '35 days'
  )
  INSERT INTO usage_billing_cues (organization_id)
  SELECT look.organization_id
    FROM used JOIN usage_billing_looks look ON look.organization_id = used.organization_id
   WHERE used.first_at < look.closed_until;
  RETURN NULL;
END $$;

-- Two more reasons to hold usage. A month is decided by the first look after it closed, and a look reaches back 36 days
-- behind the one before it, so what happened two months before the last look has been decided; what is younger has not
-- for certain, however long nobody has looked. Whoever has subscribed and was never looked at keeps everything.
-- Without any subscription nothing is billed, and a reopened month holds nothing.
CREATE OR REPLACE FUNCTION usage_held_from(organization uuid, target_meter text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
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
    (SELECT min(occurred_from) FROM usage_reopenings
      WHERE organization_id = organization AND settled_at IS NULL
        AND EXISTS (SELECT FROM subscriptions WHERE organization_id = organization)),
    (SELECT look.looked_at - interval '62 days' FROM usage_billing_looks look
      WHERE look.organization_id = organization
        AND (look.due_at IS NOT NULL
             OR EXISTS (SELECT FROM usage_billing_cues cue WHERE cue.organization_id = organization))),
    (SELECT '-infinity'::timestamptz FROM subscriptions
      WHERE organization_id = organization AND status <> 'incomplete_expired'
        AND NOT EXISTS (SELECT FROM usage_billing_looks look WHERE look.organization_id = organization) LIMIT 1),
    (SELECT '-infinity'::timestamptz FROM outbox
      WHERE organization_id = organization AND status = 'dead' LIMIT 1),
    (SELECT '-infinity'::timestamptz FROM usage_relay WHERE organization_id = organization LIMIT 1),
    (SELECT '-infinity'::timestamptz FROM disputes
      WHERE organization_id = organization AND status = 'open' LIMIT 1))
$$;
