-- safe
SET lock_timeout = '10s';

-- Whose usage has to be told to Stripe's meters, so that nobody asks everybody. `meters` are those that Stripe rates for the
-- organization; usage of them leaves a cue that is due when its hour is over. `due_at` of a look is what time alone brings:
-- the end of a month.
CREATE TABLE "public"."usage_report_looks" (
    "organization_id" UUID NOT NULL,
    "meters" TEXT[] NOT NULL,
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_report_looks_pkey" PRIMARY KEY ("organization_id")
);
CREATE INDEX "usage_report_looks_due_at_idx" ON "public"."usage_report_looks"("due_at");
SELECT protect_tenant_table('usage_report_looks');
SELECT allow_across_organizations('usage_report_looks', 'mg_worker');
GRANT SELECT, INSERT, UPDATE ON usage_report_looks TO mg_app;
GRANT SELECT ON usage_report_looks TO mg_platform, mg_worker;

-- Written rarely, read often: one for each hour and five minutes in which something was recorded. Whoever finds a younger
-- one writes none, so a look may delete only what has been there for longer than any writer that may have found it.
CREATE TABLE "public"."usage_report_cues" (
    "organization_id" UUID NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "noted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_report_cues_pkey" PRIMARY KEY ("organization_id","id")
);
CREATE INDEX "usage_report_cues_due_at_idx" ON "public"."usage_report_cues"("due_at");
SELECT protect_tenant_table('usage_report_cues');
SELECT allow_across_organizations('usage_report_cues', 'mg_worker');
GRANT SELECT, INSERT, DELETE ON usage_report_cues TO mg_app;
GRANT USAGE ON SEQUENCE usage_report_cues_id_seq TO mg_app;
GRANT SELECT ON usage_report_cues TO mg_platform, mg_worker;

-- What else decides which hours are told: due at once, and deleted by the look that has seen it.
CREATE FUNCTION cue_usage_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO usage_report_cues (organization_id, due_at, noted_at)
  VALUES (coalesce(to_jsonb(NEW) ->> 'organization_id', to_jsonb(NEW) ->> 'id')::uuid, '-infinity', '-infinity');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION cue_usage_report FROM PUBLIC;

CREATE TRIGGER cue_usage_report AFTER INSERT ON subscriptions
  FOR EACH ROW EXECUTE FUNCTION cue_usage_report();
CREATE TRIGGER cue_usage_report_changed AFTER UPDATE ON subscriptions FOR EACH ROW
  WHEN ((OLD.status, OLD.ended_at, OLD.paused_at) IS DISTINCT FROM (NEW.status, NEW.ended_at, NEW.paused_at))
  EXECUTE FUNCTION cue_usage_report();
CREATE TRIGGER cue_usage_report AFTER INSERT OR UPDATE ON subscription_terms
  FOR EACH ROW EXECUTE FUNCTION cue_usage_report();
CREATE TRIGGER cue_usage_report AFTER INSERT OR UPDATE ON limit_overrides
  FOR EACH ROW EXECUTE FUNCTION cue_usage_report();
CREATE TRIGGER cue_usage_report AFTER UPDATE ON organizations FOR EACH ROW
  WHEN (OLD.stripe_customer_id IS DISTINCT FROM NEW.stripe_customer_id)
  EXECUTE FUNCTION cue_usage_report();

-- One more question by key for each organization of a batch; otherwise as it was.
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
  ), rated AS MATERIALIZED (
    SELECT look.organization_id, look.meters
      FROM used JOIN usage_report_looks look ON look.organization_id = used.organization_id
     WHERE look.meters <> '{}'
  ), hours AS (
    SELECT rated.organization_id, date_trunc('hour', written.occurred_at, 'UTC') + interval '1 hour' AS due_at,
           min(written.recorded_at) AS noted_at
      FROM rated JOIN written
        ON written.organization_id = rated.organization_id AND written.meter = ANY (rated.meters)
     GROUP BY 1, 2
  ), told AS (
    INSERT INTO usage_report_cues (organization_id, due_at, noted_at)
    SELECT organization_id, due_at, noted_at FROM hours
     WHERE NOT EXISTS (SELECT FROM usage_report_cues known
                        WHERE known.organization_id = hours.organization_id AND known.due_at = hours.due_at
                          AND known.noted_at > hours.noted_at - interval '5 minutes')
  )
  INSERT INTO usage_billing_cues (organization_id)
  SELECT look.organization_id
    FROM used JOIN usage_billing_looks look ON look.organization_id = used.organization_id
   WHERE used.first_at < look.closed_until;
  RETURN NULL;
END $$;

-- Everybody was asked every quarter of an hour until now.
INSERT INTO usage_report_cues (organization_id, due_at, noted_at)
SELECT DISTINCT organization_id, '-infinity'::timestamptz, '-infinity'::timestamptz FROM subscriptions;
