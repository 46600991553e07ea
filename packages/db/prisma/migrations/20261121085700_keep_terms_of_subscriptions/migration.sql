-- safe
SET lock_timeout = '10s';

-- What a subscription was on, from when: usage is rated by what was in force when it happened. A subscription without
-- rows has had its present terms from the beginning; its first change writes both.
CREATE TABLE "public"."subscription_terms" (
    "organization_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "plan" TEXT NOT NULL,
    "plan_version" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "billing_anchor" TIMESTAMPTZ(3) NOT NULL,
    "seats" INTEGER NOT NULL,
    "clients" INTEGER NOT NULL,
    "is_billable" BOOLEAN NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_terms_pkey" PRIMARY KEY ("organization_id","subscription_id","effective_at")
);
ALTER TABLE subscription_terms
  ADD CONSTRAINT subscription_terms_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT subscription_terms_seats_check CHECK (seats >= 0),
  ADD CONSTRAINT subscription_terms_clients_check CHECK (clients >= 0);
SELECT protect_tenant_table('subscription_terms');
GRANT SELECT, INSERT, UPDATE ON subscription_terms TO mg_app;
GRANT SELECT ON subscription_terms TO mg_platform;

-- A correction or backfill reaches further back than late usage does; billing looks there again until it is settled.
CREATE TABLE "public"."usage_reopenings" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "occurred_from" TIMESTAMPTZ(3) NOT NULL,
    "noted_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_reopenings_pkey" PRIMARY KEY ("organization_id","id")
);
CREATE INDEX "usage_reopenings_organization_id_settled_at_idx" ON "public"."usage_reopenings"("organization_id", "settled_at");
SELECT protect_tenant_table('usage_reopenings');
SELECT allow_across_organizations('usage_reopenings', 'mg_worker');
GRANT SELECT, INSERT, UPDATE ON usage_reopenings TO mg_app;
GRANT SELECT ON usage_reopenings TO mg_platform, mg_worker;

-- A month may be billed in parts with terms of their own; each continues the counting of the month.
ALTER TABLE usage_billings
  ADD COLUMN counted_from TIMESTAMPTZ(3),
  ADD COLUMN quantity_before DECIMAL(38,12) NOT NULL DEFAULT 0,
  ADD COLUMN plan_version TEXT;
