-- safe
SET lock_timeout = '10s';

-- The only numbered documents made here. Never changed and never deleted: what was wrong is corrected by the next one.
CREATE TABLE "public"."usage_statements" (
    "organization_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "subscription_id" UUID NOT NULL,
    "family" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "usage_statements_pkey" PRIMARY KEY ("organization_id","number")
);
ALTER TABLE usage_statements
  ADD CONSTRAINT usage_statements_number_check CHECK (number > 0),
  ADD CONSTRAINT usage_statements_currency_check CHECK (currency ~ '^[A-Z]{3}$');
SELECT protect_tenant_table('usage_statements');
GRANT SELECT, INSERT ON usage_statements TO mg_app;
GRANT SELECT ON usage_statements TO mg_platform;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON usage_statements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON usage_statements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A sequence would leave gaps behind transactions that fail; a row is rolled back with them and locked until they end.
CREATE TABLE "public"."document_counters" (
    "organization_id" UUID NOT NULL,
    "series" TEXT NOT NULL,
    "last_number" INTEGER NOT NULL,

    CONSTRAINT "document_counters_pkey" PRIMARY KEY ("organization_id","series")
);
ALTER TABLE document_counters ADD CONSTRAINT document_counters_number_check CHECK (last_number > 0);
SELECT protect_tenant_table('document_counters');
GRANT SELECT, INSERT, UPDATE ON document_counters TO mg_app;
GRANT SELECT ON document_counters TO mg_platform;
