-- safe
SET lock_timeout = '10s';

-- What an organization pays for a base fee, a seat or an add-on instead of the catalogue's price. Ended rows stay:
-- what an invoice of that time charged is explained by them.
CREATE TABLE "public"."own_prices" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "family" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "unit_price" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "own_prices_pkey" PRIMARY KEY ("organization_id","id"),
    CONSTRAINT "own_prices_unit_price_check" CHECK (unit_price ~ '^[0-9]+([.][0-9]+)?$'),
    CONSTRAINT "own_prices_interval_check" CHECK ("interval" IN ('month', 'year')),
    CONSTRAINT "own_prices_expires_at_check" CHECK (expires_at > created_at)
);
-- Two people at once agree on one price, never on two.
CREATE UNIQUE INDEX "own_prices_open_key" ON "public"."own_prices"
  ("organization_id", "family", "plan", "component", "interval", "currency") WHERE ended_at IS NULL;
SELECT protect_tenant_table('own_prices');
SELECT allow_across_organizations('own_prices', 'mg_worker');
GRANT SELECT, INSERT, UPDATE ON own_prices TO mg_app;
GRANT SELECT ON own_prices TO mg_platform, mg_worker;

-- An item has its price of the next renewal before that day comes; what the running period is charged at stays known.
ALTER TABLE subscription_items
  ADD COLUMN running_price_key TEXT,
  ADD COLUMN running_stripe_price_id TEXT,
  ADD CONSTRAINT subscription_items_running_check
    CHECK ((running_price_key IS NULL) = (running_stripe_price_id IS NULL));
