-- safe
SET lock_timeout = '10s';

-- What a subscription counted toward monthly recurring revenue, from when. A subscription without rows has had its
-- present amount since it began; its first change writes both.
CREATE TABLE "public"."revenue_levels" (
    "organization_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "family" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount_minor" BIGINT NOT NULL,

    CONSTRAINT "revenue_levels_pkey" PRIMARY KEY ("organization_id","subscription_id","at")
);
ALTER TABLE revenue_levels
  ADD CONSTRAINT revenue_levels_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT revenue_levels_amount_minor_check CHECK (amount_minor >= 0);
SELECT protect_tenant_table('revenue_levels');
GRANT SELECT, INSERT, UPDATE ON revenue_levels TO mg_app;
GRANT SELECT ON revenue_levels TO mg_platform;
