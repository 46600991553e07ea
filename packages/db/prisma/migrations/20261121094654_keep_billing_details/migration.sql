-- safe
SET lock_timeout = '10s';

-- Who is billed, as it stands on documents. Without a row the organization's own name and e-mail are used.
CREATE TABLE "public"."billing_details" (
    "organization_id" UUID NOT NULL,
    "legal_name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "line1" TEXT NOT NULL DEFAULT '',
    "line2" TEXT NOT NULL DEFAULT '',
    "postal_code" TEXT NOT NULL DEFAULT '',
    "city" TEXT NOT NULL DEFAULT '',
    "region" TEXT NOT NULL DEFAULT '',
    "country" CHAR(2),
    "tax_id_kind" TEXT,
    "tax_id_value" TEXT,
    "revision" INTEGER NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_details_pkey" PRIMARY KEY ("organization_id")
);
ALTER TABLE billing_details
  ADD CONSTRAINT billing_details_country_check CHECK (country ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT billing_details_tax_id_check CHECK ((tax_id_kind IS NULL) = (tax_id_value IS NULL)),
  ADD CONSTRAINT billing_details_revision_check CHECK (revision > 0);
SELECT protect_tenant_table('billing_details');
GRANT SELECT, INSERT, UPDATE ON billing_details TO mg_app;
GRANT SELECT ON billing_details TO mg_platform;
