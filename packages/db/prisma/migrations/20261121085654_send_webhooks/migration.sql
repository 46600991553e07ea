-- safe
SET lock_timeout = '10s';

-- What organizations and the platform are told when something happens. Committed with the fact by whoever finds it
-- out; a worker copies it to the endpoints afterwards.
CREATE TABLE "public"."webhook_messages" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "fact" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "body" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fanned_out_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_messages_pkey" PRIMARY KEY ("organization_id","id")
);
CREATE UNIQUE INDEX "webhook_messages_organization_id_fact_key" ON "public"."webhook_messages"("organization_id", "fact");
CREATE INDEX "webhook_messages_organization_id_occurred_at_idx" ON "public"."webhook_messages"("organization_id", "occurred_at");
CREATE INDEX "webhook_messages_fanned_out_at_sequence_idx" ON "public"."webhook_messages"("fanned_out_at", "sequence");

ALTER TABLE "public"."webhook_endpoints"
  ADD COLUMN "description" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "previous_secret_cipher" TEXT,
  ADD COLUMN "previous_secret_until" TIMESTAMPTZ(3),
  ADD COLUMN "disabled_reason" TEXT,
  ADD COLUMN "failing_since" TIMESTAMPTZ(3),
  ADD COLUMN "served_at" TIMESTAMPTZ(3),
  ADD COLUMN "lease_until" TIMESTAMPTZ(3),
  ADD COLUMN "leased_by" TEXT;
ALTER TABLE webhook_endpoints
  ADD CONSTRAINT webhook_endpoints_disabled_reason_check CHECK (disabled_reason IN ('manual', 'failing')),
  ADD CONSTRAINT webhook_endpoints_disabled_check CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  ADD CONSTRAINT webhook_endpoints_previous_check CHECK ((previous_secret_cipher IS NULL) = (previous_secret_until IS NULL));

-- No release has written to it: deliveries now refer to the message instead of copying it.
DROP TABLE webhook_deliveries;
CREATE TABLE "public"."webhook_deliveries" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "about_organization_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "first_attempted_at" TIMESTAMPTZ(3),
    "response_status" INTEGER,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("organization_id","id")
);
CREATE UNIQUE INDEX "webhook_deliveries_message_key" ON "public"."webhook_deliveries"("organization_id", "endpoint_id", "about_organization_id", "message_id");
CREATE INDEX "webhook_deliveries_due_idx" ON "public"."webhook_deliveries"("organization_id", "endpoint_id", "status", "next_attempt_at");
CREATE INDEX "webhook_deliveries_list_idx" ON "public"."webhook_deliveries"("organization_id", "endpoint_id", "sequence" DESC);
ALTER TABLE "public"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_organization_id_endpoint_id_fkey" FOREIGN KEY ("organization_id", "endpoint_id") REFERENCES "public"."webhook_endpoints"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE webhook_deliveries
  ADD CONSTRAINT webhook_deliveries_status_check CHECK (status IN ('pending', 'delivered', 'failed')),
  ADD CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0);

CREATE TABLE "public"."webhook_attempts" (
    "organization_id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "response_status" INTEGER,
    "error" TEXT,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("organization_id","delivery_id","attempt")
);
ALTER TABLE "public"."webhook_attempts" ADD CONSTRAINT "webhook_attempts_organization_id_delivery_id_fkey" FOREIGN KEY ("organization_id", "delivery_id") REFERENCES "public"."webhook_deliveries"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

SELECT protect_tenant_table('webhook_messages');
SELECT protect_tenant_table('webhook_deliveries');
SELECT protect_tenant_table('webhook_attempts');

GRANT SELECT, INSERT ON webhook_messages TO mg_app;
GRANT SELECT, INSERT, UPDATE ON webhook_deliveries TO mg_app;
GRANT SELECT ON webhook_attempts TO mg_app;
GRANT USAGE ON SEQUENCE webhook_messages_sequence_seq, webhook_deliveries_sequence_seq TO mg_app, mg_platform, mg_worker;

-- A refused limit is told by the transaction that refuses.
SELECT allow_ingest('webhook_messages');
GRANT INSERT ON webhook_messages TO mg_ingest;
GRANT USAGE ON SEQUENCE webhook_messages_sequence_seq TO mg_ingest;

-- Endpoints of the platform itself hear about every organization and belong to none: their owner is the nil UUID.
GRANT SELECT ON webhook_messages, webhook_deliveries, webhook_attempts TO mg_platform;
GRANT INSERT, UPDATE, DELETE ON webhook_endpoints TO mg_platform;
GRANT INSERT, UPDATE ON webhook_deliveries TO mg_platform;
GRANT INSERT ON webhook_messages TO mg_platform;
DO $$
DECLARE
  target text;
  unowned text := 'organization_id = ''00000000-0000-0000-0000-000000000000''::uuid';
BEGIN
  FOREACH target IN ARRAY ARRAY['webhook_endpoints', 'webhook_deliveries', 'webhook_messages'] LOOP
    EXECUTE format('CREATE POLICY platform_unowned ON %I TO mg_platform USING (%s) WITH CHECK (%s)', target, unowned, unowned);
  END LOOP;
END $$;

SELECT allow_across_organizations(name::regclass, 'mg_worker')
  FROM unnest(ARRAY['webhook_messages', 'webhook_deliveries', 'webhook_attempts']) AS name;
GRANT SELECT, UPDATE, DELETE ON webhook_messages TO mg_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO mg_worker;
GRANT SELECT, INSERT ON webhook_attempts TO mg_worker;
GRANT UPDATE ON webhook_endpoints TO mg_worker;

CREATE TRIGGER notify_work AFTER INSERT ON webhook_messages FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER notify_work AFTER INSERT ON webhook_deliveries FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
