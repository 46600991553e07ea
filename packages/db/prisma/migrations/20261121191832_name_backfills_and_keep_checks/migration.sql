-- safe
SET lock_timeout = '10s';

-- Usage that was filled in, under a name that its sender chose, so that it can be taken up again, shown and taken back.
CREATE TABLE "public"."usage_backfills" (
    "organization_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revert_reason" TEXT,
    "reverted_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_backfills_pkey" PRIMARY KEY ("organization_id","id")
);
ALTER TABLE usage_backfills
  ADD CONSTRAINT usage_backfills_id_check CHECK (octet_length(id) BETWEEN 1 AND 255),
  ADD CONSTRAINT usage_backfills_reverted_check CHECK ((reverted_at IS NULL) = (revert_reason IS NULL));
SELECT protect_tenant_table('usage_backfills');
GRANT SELECT, INSERT, UPDATE ON usage_backfills TO mg_app;
GRANT SELECT ON usage_backfills TO mg_platform;

-- Which of them made an event. Written before the event, so a row may name one that never came; the event itself says
-- that it was filled in.
CREATE TABLE "public"."usage_backfill_events" (
    "organization_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "backfill_id" TEXT NOT NULL,

    CONSTRAINT "usage_backfill_events_pkey" PRIMARY KEY ("organization_id","event_id")
);
CREATE INDEX "usage_backfill_events_organization_id_backfill_id_event_id_idx"
  ON "public"."usage_backfill_events"("organization_id", "backfill_id", "event_id");
SELECT protect_tenant_table('usage_backfill_events');
GRANT SELECT, INSERT, UPDATE ON usage_backfill_events TO mg_app;
GRANT SELECT ON usage_backfill_events TO mg_platform;

-- The sender's own figures of a span beside ours, as they were when they were last compared.
CREATE TABLE "public"."usage_checks" (
    "organization_id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    -- The nil UUID stands for all clients.
    "client_id" UUID NOT NULL,
    "span_start" TIMESTAMPTZ(3) NOT NULL,
    "span_end" TIMESTAMPTZ(3) NOT NULL,
    "their_count" BIGINT NOT NULL,
    "their_total" DECIMAL(38,12) NOT NULL,
    "our_count" BIGINT NOT NULL,
    "our_total" DECIMAL(38,12) NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_checks_pkey" PRIMARY KEY ("organization_id","meter","client_id","span_start","span_end")
);
CREATE INDEX "usage_checks_organization_id_checked_at_idx" ON "public"."usage_checks"("organization_id", "checked_at");
ALTER TABLE usage_checks ADD CONSTRAINT usage_checks_span_check CHECK (span_start < span_end);
SELECT protect_tenant_table('usage_checks');
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_checks TO mg_app;
GRANT SELECT ON usage_checks TO mg_platform;
