-- safe
SET lock_timeout = '10s';

-- Whose usage has to be looked at for billing, so that nobody walks through every organization. Time is answered by
-- `due_at`; whatever else can change a bill leaves a cue in its own transaction. A look deletes the cues it saw when it
-- began, so what commits meanwhile is looked at by the next one.
CREATE TABLE "public"."usage_billing_looks" (
    "organization_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "looked_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_until" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_billing_looks_pkey" PRIMARY KEY ("organization_id")
);
CREATE INDEX "usage_billing_looks_due_at_idx" ON "public"."usage_billing_looks"("due_at");
SELECT protect_tenant_table('usage_billing_looks');
SELECT allow_across_organizations('usage_billing_looks', 'mg_worker');
GRANT SELECT, INSERT, UPDATE ON usage_billing_looks TO mg_app;
GRANT SELECT ON usage_billing_looks TO mg_platform, mg_worker;

CREATE TABLE "public"."usage_billing_cues" (
    "organization_id" UUID NOT NULL,
    "id" BIGSERIAL NOT NULL,

    CONSTRAINT "usage_billing_cues_pkey" PRIMARY KEY ("organization_id","id")
);
SELECT protect_tenant_table('usage_billing_cues');
SELECT allow_across_organizations('usage_billing_cues', 'mg_worker');
GRANT SELECT, DELETE ON usage_billing_cues TO mg_app;
GRANT SELECT ON usage_billing_cues TO mg_platform, mg_worker;

-- What was decided and has not reached an invoice is due by itself.
CREATE INDEX "usage_billings_unfinished_idx" ON "public"."usage_billings"("organization_id") WHERE status <> 'billed';
SELECT allow_across_organizations('usage_billings', 'mg_worker');
GRANT SELECT ON usage_billings TO mg_worker;

-- A trigger, because a writer that forgets would leave usage unbilled.
CREATE FUNCTION cue_usage_billing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO usage_billing_cues (organization_id) VALUES (NEW.organization_id);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION cue_usage_billing FROM PUBLIC;

CREATE TRIGGER cue_usage_billing AFTER INSERT ON subscriptions
  FOR EACH ROW EXECUTE FUNCTION cue_usage_billing();
CREATE TRIGGER cue_usage_billing_changed AFTER UPDATE ON subscriptions FOR EACH ROW
  WHEN ((OLD.status, OLD.ended_at, OLD.paused_at) IS DISTINCT FROM (NEW.status, NEW.ended_at, NEW.paused_at))
  EXECUTE FUNCTION cue_usage_billing();
CREATE TRIGGER cue_usage_billing AFTER INSERT OR UPDATE ON subscription_terms
  FOR EACH ROW EXECUTE FUNCTION cue_usage_billing();
CREATE TRIGGER cue_usage_billing AFTER INSERT ON usage_reopenings
  FOR EACH ROW EXECUTE FUNCTION cue_usage_billing();
-- Drafts charge nothing yet: settling and proving wait for what Stripe made final.
CREATE TRIGGER cue_usage_billing AFTER INSERT ON invoices FOR EACH ROW
  WHEN (NEW.status <> 'draft') EXECUTE FUNCTION cue_usage_billing();
CREATE TRIGGER cue_usage_billing_changed AFTER UPDATE ON invoices FOR EACH ROW
  WHEN (OLD.status = 'draft' AND NEW.status <> 'draft') EXECUTE FUNCTION cue_usage_billing();

-- Usage of the running month is nothing to look at before the month ends; what falls into a closed one is.
CREATE FUNCTION cue_late_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO usage_billing_cues (organization_id)
  SELECT look.organization_id
    FROM (SELECT organization_id, min(occurred_at) AS first_at FROM written GROUP BY organization_id) used
    JOIN usage_billing_looks look ON look.organization_id = used.organization_id
   WHERE used.first_at < look.closed_until;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION cue_late_usage FROM PUBLIC;
CREATE TRIGGER cue_late_usage AFTER INSERT ON usage_events REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION cue_late_usage();

-- Everybody was looked at every quarter of an hour until now.
INSERT INTO usage_billing_looks (organization_id, number, looked_at, closed_until, due_at)
SELECT DISTINCT organization_id, 1, now(), now(), now() FROM subscriptions;

-- Stripe renews nothing while a subscription is paused, so who bills a month has to know whether it ended in a pause,
-- also when that is over.
ALTER TABLE subscription_terms ADD COLUMN is_paused BOOLEAN NOT NULL DEFAULT false;
