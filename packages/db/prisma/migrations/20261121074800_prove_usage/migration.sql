-- safe
SET lock_timeout = '10s';

-- CreateTable
CREATE TABLE "public"."usage_proofs" (
    "organization_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "events_quantity" DECIMAL(38,12) NOT NULL,
    "buckets_quantity" DECIMAL(38,12) NOT NULL,
    "told_quantity" DECIMAL(38,12) NOT NULL,
    "told_source" TEXT NOT NULL,
    "billed_quantity" DECIMAL(38,12) NOT NULL,
    "billed_minor" BIGINT NOT NULL,
    "invoiced_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "sequence" INTEGER NOT NULL,
    "verdict" TEXT NOT NULL,
    "proved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_proofs_pkey" PRIMARY KEY ("organization_id","subscription_id","meter","period_start")
);

ALTER TABLE usage_proofs
  ADD CONSTRAINT usage_proofs_told_source_check CHECK (told_source IN ('stripe', 'reports', 'billing')),
  ADD CONSTRAINT usage_proofs_verdict_check CHECK (verdict IN ('equal', 'open', 'different')),
  ADD CONSTRAINT usage_proofs_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT usage_proofs_period_check CHECK (period_start < period_end);
SELECT protect_tenant_table('usage_proofs');
GRANT SELECT, INSERT, UPDATE ON usage_proofs TO mg_app;
GRANT SELECT ON usage_proofs TO mg_platform;
