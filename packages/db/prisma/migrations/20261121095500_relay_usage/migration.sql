-- safe
SET lock_timeout = '10s';

-- Events on their way to a second store of usage. They are noted by the database itself, in the transaction that
-- writes them, so that no writer can forget; the setting says whether there is a second store at all.
CREATE TABLE "public"."usage_relay" (
    "organization_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,

    CONSTRAINT "usage_relay_pkey" PRIMARY KEY ("organization_id","id")
);
CREATE INDEX "usage_relay_sequence_idx" ON "public"."usage_relay"("sequence");
SELECT protect_tenant_table('usage_relay');
SELECT allow_across_organizations('usage_relay', 'mg_worker');
GRANT SELECT ON usage_relay TO mg_app, mg_platform;
GRANT SELECT, UPDATE, DELETE ON usage_relay TO mg_worker;
SELECT allow_across_organizations('usage_events', 'mg_worker');
GRANT SELECT ON usage_events TO mg_worker;

CREATE FUNCTION note_for_relay() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM settings WHERE key = 'usage_relay' AND value = 'true') THEN
    INSERT INTO usage_relay (organization_id, id) SELECT organization_id, id FROM written
    ON CONFLICT (organization_id, id) DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION note_for_relay FROM PUBLIC;
CREATE TRIGGER note_for_relay AFTER INSERT ON usage_events REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION note_for_relay();

-- The switch and what was there before it was turned, in one transaction.
CREATE FUNCTION relay_all_usage() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE noted bigint;
BEGIN
  INSERT INTO settings (key, value) VALUES ('usage_relay', 'true')
  ON CONFLICT (key) DO UPDATE SET value = excluded.value;
  INSERT INTO usage_relay (organization_id, id) SELECT organization_id, id FROM usage_events
  ON CONFLICT (organization_id, id) DO NOTHING;
  GET DIAGNOSTICS noted = ROW_COUNT;
  RETURN noted;
END $$;
REVOKE EXECUTE ON FUNCTION relay_all_usage FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay_all_usage TO mg_worker, mg_platform;

-- What the second store does not have yet is needed too.
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
    (SELECT min(occurred_from) FROM usage_reopenings WHERE organization_id = organization AND settled_at IS NULL),
    (SELECT '-infinity'::timestamptz FROM outbox
      WHERE organization_id = organization AND status = 'dead' LIMIT 1),
    (SELECT '-infinity'::timestamptz FROM usage_relay WHERE organization_id = organization LIMIT 1),
    (SELECT '-infinity'::timestamptz FROM disputes
      WHERE organization_id = organization AND status = 'open' LIMIT 1))
$$;
