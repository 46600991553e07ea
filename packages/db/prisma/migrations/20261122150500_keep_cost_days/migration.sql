-- safe
SET lock_timeout = '10s';

-- What an organization's running periods had cost when a local day ended, as it stood then. Amounts may be negative:
-- usage that was taken back, or a price below nothing.
CREATE TABLE "public"."cost_days" (
    "organization_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "recurring_minor" BIGINT NOT NULL,
    "usage_minor" BIGINT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cost_days_pkey" PRIMARY KEY ("organization_id","day","currency")
);
CREATE INDEX "cost_days_organization_id_ended_at_idx" ON "public"."cost_days"("organization_id", "ended_at");
ALTER TABLE cost_days
  ADD CONSTRAINT cost_days_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT cost_days_taken_at_check CHECK (taken_at >= ended_at);
SELECT protect_tenant_table('cost_days');
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON cost_days FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON cost_days FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON cost_days TO mg_app;
GRANT SELECT ON cost_days TO mg_platform;

-- A job looks for organizations whose day has ended, across them; what it had cost is written down as each of them.
SELECT allow_across_organizations('cost_days', 'mg_worker');
GRANT SELECT (organization_id, ended_at) ON cost_days TO mg_worker;
