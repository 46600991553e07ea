-- safe
SET lock_timeout = '10s';

-- CreateTable
CREATE TABLE "public"."purchase_claims" (
    "organization_id" UUID NOT NULL,
    "family" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "holder" UUID,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "purchase_claims_pkey" PRIMARY KEY ("organization_id","family")
);

ALTER TABLE purchase_claims ADD CONSTRAINT purchase_claims_holder_with_lease CHECK ((holder IS NULL) = (lease_until IS NULL));
SELECT protect_tenant_table('purchase_claims');
GRANT SELECT, INSERT, UPDATE ON purchase_claims TO mg_app;
GRANT SELECT ON purchase_claims TO mg_platform;
