-- safe
SET lock_timeout = '10s';

-- Two running totals may begin at the same instant and end at different ones: the day and the month of a limit, the
-- part of a billing period that lies in a calendar month. One row per window, small, so the key is rebuilt at once.
ALTER TABLE limit_counters DROP CONSTRAINT limit_counters_pkey;
ALTER TABLE limit_counters
  ADD CONSTRAINT limit_counters_pkey PRIMARY KEY (organization_id, feature, client_id, window_start, window_end);

-- What an organization allows one of its clients of a feature.
CREATE TABLE client_limits (
    "organization_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "limit_quantity" DECIMAL(38,12) NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "client_limits_pkey" PRIMARY KEY ("organization_id","client_id","feature")
);
ALTER TABLE client_limits ADD CONSTRAINT client_limits_quantity_check CHECK (limit_quantity >= 0);
SELECT protect_tenant_table('client_limits');
SELECT allow_ingest('client_limits');
GRANT SELECT, INSERT, UPDATE, DELETE ON client_limits TO mg_app;
GRANT SELECT ON client_limits TO mg_ingest, mg_platform;

-- What an organization allows to be spent on usage, by itself or for one client (nil = itself).
CREATE TABLE budgets (
    "organization_id" UUID NOT NULL,
    "client_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "period" TEXT NOT NULL,
    "on_reached" TEXT NOT NULL,
    "thresholds" INTEGER[],
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("organization_id","client_id")
);
ALTER TABLE budgets
  ADD CONSTRAINT budgets_amount_check CHECK (amount_minor >= 0),
  ADD CONSTRAINT budgets_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT budgets_period_check CHECK (period IN ('billing_period', 'calendar_month')),
  ADD CONSTRAINT budgets_on_reached_check CHECK (on_reached IN ('alert', 'block'));
SELECT protect_tenant_table('budgets');
SELECT allow_ingest('budgets');
GRANT SELECT, INSERT, UPDATE, DELETE ON budgets TO mg_app;
GRANT SELECT ON budgets TO mg_ingest, mg_platform;

CREATE TABLE budget_alerts (
    "organization_id" UUID NOT NULL,
    "client_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "threshold" INTEGER NOT NULL,
    "cost_minor" BIGINT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "fired_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "budget_alerts_pkey" PRIMARY KEY ("organization_id","client_id","window_start","threshold")
);
ALTER TABLE budget_alerts
  ADD CONSTRAINT budget_alerts_threshold_check CHECK (threshold > 0),
  ADD CONSTRAINT budget_alerts_currency_check CHECK (currency ~ '^[A-Z]{3}$');
SELECT protect_tenant_table('budget_alerts');
GRANT SELECT, INSERT ON budget_alerts TO mg_app;
GRANT SELECT ON budget_alerts TO mg_platform;

-- Rights kept in memory are forgotten when one of these changes.
CREATE TRIGGER notify_entitlements AFTER INSERT OR UPDATE OR DELETE ON client_limits
  FOR EACH ROW EXECUTE FUNCTION notify_entitlement_change();
CREATE TRIGGER notify_entitlements AFTER INSERT OR UPDATE OR DELETE ON budgets
  FOR EACH ROW EXECUTE FUNCTION notify_entitlement_change();
