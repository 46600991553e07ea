-- safe
SET lock_timeout = '10s';

-- Usage that Stripe took and then refused is in no bill until it was told again or its month was settled, so it is held as
-- usage on its way is. Otherwise as it was.
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
      WHERE organization_id = organization AND status IN ('pending', 'failed', 'refused')),
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
