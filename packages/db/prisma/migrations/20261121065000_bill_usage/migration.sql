-- safe
SET lock_timeout = '10s';

-- CreateTable
CREATE TABLE "public"."usage_billings" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "sequence" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'planned',
    "price_key" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "description" TEXT NOT NULL,
    "explanation" JSONB NOT NULL,
    "stripe_invoice_item_id" TEXT,
    "stripe_invoice_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_billings_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "usage_billings_organization_id_subscription_id_feature_peri_key" ON "public"."usage_billings"("organization_id", "subscription_id", "feature", "period_start", "sequence");

ALTER TABLE usage_billings
  ADD CONSTRAINT usage_billings_kind_check CHECK (kind IN ('on_demand', 'final', 'adjustment')),
  ADD CONSTRAINT usage_billings_status_check CHECK (status IN ('planned', 'itemized', 'billed')),
  ADD CONSTRAINT usage_billings_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT usage_billings_period_check CHECK (period_start < period_end),
  ADD CONSTRAINT usage_billings_sequence_check CHECK (sequence > 0);
SELECT protect_tenant_table('usage_billings');
GRANT SELECT, INSERT, UPDATE ON usage_billings TO mg_app;
GRANT SELECT ON usage_billings TO mg_platform;
