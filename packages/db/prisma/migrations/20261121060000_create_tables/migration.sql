-- safe
SET lock_timeout = '10s';

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "auth";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "audit_log" (
    "chain_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "organization_id" UUID,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" JSONB NOT NULL,
    "on_behalf_of" TEXT,
    "action" TEXT NOT NULL,
    "target_kind" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "reason" TEXT,
    "before" JSONB,
    "after" JSONB,
    "request_id" TEXT,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("chain_id","sequence")
);

-- CreateTable
CREATE TABLE "audit_heads" (
    "chain_id" TEXT NOT NULL,
    "organization_id" UUID,
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("chain_id")
);

-- CreateTable
CREATE TABLE "auth"."user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "two_factor_enabled" BOOLEAN DEFAULT false,
    "platform_role" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."session" (
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "user_id" TEXT NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."two_factor" (
    "id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "backup_codes" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "verified" BOOLEAN DEFAULT true,
    "failed_verification_count" INTEGER DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "two_factor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."rate_limit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_versions" (
    "family" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "content_hash" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_versions_pkey" PRIMARY KEY ("family","plan","version")
);

-- CreateTable
CREATE TABLE "meters" (
    "key" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "content_hash" TEXT NOT NULL,

    CONSTRAINT "meters_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "catalog_objects" (
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "stripe_id" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "pushed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "catalog_objects_pkey" PRIMARY KEY ("kind","key")
);

-- CreateTable
CREATE TABLE "inbound_events" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL DEFAULT 'stripe',
    "external_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "api_version" TEXT,
    "livemode" BOOLEAN NOT NULL,
    "stripe_created_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" JSONB NOT NULL,
    "payload_hash" BYTEA NOT NULL,
    "object_id" TEXT,
    "stripe_customer_id" TEXT,
    "organization_id" UUID,
    "status" TEXT NOT NULL DEFAULT 'received',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "leased_by" TEXT,
    "last_error" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),
    "effect" JSONB,

    CONSTRAINT "inbound_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbound_attempts" (
    "inbound_event_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "error" TEXT,
    "duration_ms" INTEGER,

    CONSTRAINT "inbound_attempts_pkey" PRIMARY KEY ("inbound_event_id","attempt")
);

-- CreateTable
CREATE TABLE "outbox" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "leased_by" TEXT,
    "last_error" TEXT,
    "result" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "emails" (
    "id" UUID NOT NULL,
    "organization_id" UUID,
    "to_address" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "emails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "secret_cipher" TEXT NOT NULL,
    "types" TEXT[],
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "message_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "response_status" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "flags" (
    "key" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "variants" JSONB NOT NULL,
    "default_value" JSONB NOT NULL,
    "is_enabled" BOOLEAN NOT NULL DEFAULT false,
    "is_killed" BOOLEAN NOT NULL DEFAULT false,
    "rollout_percent" DECIMAL(5,2) NOT NULL DEFAULT 0,
    "rules" JSONB NOT NULL,
    "owner" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flags_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "flag_overrides" (
    "organization_id" UUID NOT NULL,
    "flag_key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flag_overrides_pkey" PRIMARY KEY ("organization_id","flag_key")
);

-- CreateTable
CREATE TABLE "flag_history" (
    "flag_key" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "actor" JSONB NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "flag_history_pkey" PRIMARY KEY ("flag_key","version")
);

-- CreateTable
CREATE TABLE "invoices" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "stripe_invoice_id" TEXT NOT NULL,
    "number" TEXT,
    "status" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "subtotal_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "amount_due_minor" BIGINT NOT NULL,
    "amount_paid_minor" BIGINT NOT NULL,
    "amount_remaining_minor" BIGINT NOT NULL,
    "subscription_id" UUID,
    "family" TEXT,
    "billing_reason" TEXT,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "issued_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "paid_at" TIMESTAMPTZ(3),
    "voided_at" TIMESTAMPTZ(3),
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "last_failure" JSONB,
    "hosted_url" TEXT,
    "pdf_url" TEXT,
    "stripe_created_at" TIMESTAMPTZ(3) NOT NULL,
    "synced_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "invoice_lines" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "stripe_line_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" DECIMAL(38,12),
    "unit_price" TEXT,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "is_proration" BOOLEAN NOT NULL DEFAULT false,
    "price_key" TEXT,
    "meter" TEXT,
    "client_id" UUID,
    "explanation" JSONB,

    CONSTRAINT "invoice_lines_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "invoice_events" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" JSONB,

    CONSTRAINT "invoice_events_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "credit_notes" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "stripe_credit_note_id" TEXT NOT NULL,
    "number" TEXT,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT,
    "status" TEXT NOT NULL DEFAULT 'issued',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_notes_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "disputes" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "line_id" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "reason" TEXT NOT NULL,
    "resolution" TEXT,
    "opened_by" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "disputes_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "limit_overrides" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "limit_quantity" DECIMAL(38,12),
    "unlimited" BOOLEAN NOT NULL DEFAULT false,
    "unit_price" TEXT,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "limit_overrides_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "limit_counters" (
    "organization_id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "client_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "window_end" TIMESTAMPTZ(3) NOT NULL,
    "used" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "reserved" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "limit_counters_pkey" PRIMARY KEY ("organization_id","feature","client_id","window_start")
);

-- CreateTable
CREATE TABLE "reservations" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "client_id" UUID,
    "subject" TEXT,
    "event_id" TEXT,
    "status" TEXT NOT NULL DEFAULT 'held',
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "committed_quantity" DECIMAL(38,12),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "reservations_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "gauges" (
    "organization_id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "level" DECIMAL(38,12) NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gauges_pkey" PRIMARY KEY ("organization_id","feature")
);

-- CreateTable
CREATE TABLE "gauge_changes" (
    "organization_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "feature" TEXT NOT NULL,
    "delta" DECIMAL(38,12),
    "level" DECIMAL(38,12) NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "gauge_changes_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "decision_receipts" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "feature" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT,
    "quantity" DECIMAL(38,12) NOT NULL,
    "used" DECIMAL(38,12) NOT NULL,
    "reserved" DECIMAL(38,12) NOT NULL,
    "limit_quantity" DECIMAL(38,12),
    "plan_version" TEXT,
    "evidence" JSONB NOT NULL,
    "client_id" UUID,
    "subject" TEXT,

    CONSTRAINT "decision_receipts_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "alerts_fired" (
    "organization_id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "threshold" INTEGER NOT NULL,
    "fired_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alerts_fired_pkey" PRIMARY KEY ("organization_id","feature","window_start","threshold")
);

-- CreateTable
CREATE TABLE "alert_rules" (
    "organization_id" UUID NOT NULL,
    "feature" TEXT NOT NULL,
    "thresholds" INTEGER[],
    "recipients" TEXT[],

    CONSTRAINT "alert_rules_pkey" PRIMARY KEY ("organization_id","feature")
);

-- CreateTable
CREATE TABLE "voice_configs" (
    "organization_id" UUID NOT NULL,
    "ai_agent_id" TEXT,
    "translation_enabled" BOOLEAN NOT NULL DEFAULT false,
    "translation_from" TEXT,
    "translation_to" TEXT,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "voice_configs_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "external_id" TEXT,
    "email" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "stripe_customer_id" TEXT,
    "families" TEXT[],
    "admins_see_money" BOOLEAN NOT NULL DEFAULT true,
    "admins_may_buy" BOOLEAN NOT NULL DEFAULT false,
    "auto_buy_seats" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL DEFAULT 'active',
    "suspended_at" TIMESTAMPTZ(3),
    "suspended_reason" TEXT,
    "country" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "members" (
    "organization_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "members_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "invited_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "clients" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "external_id" TEXT,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "clients_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "organization_id" UUID,
    "name" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "key_prefix" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "organization_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status_code" INTEGER,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("organization_id","key")
);

-- CreateTable
CREATE TABLE "payment_methods" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "stripe_payment_method_id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "exp_month" INTEGER NOT NULL,
    "exp_year" INTEGER NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "detached_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_methods_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "schedule_runs" (
    "name" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "leased_by" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "result" JSONB,

    CONSTRAINT "schedule_runs_pkey" PRIMARY KEY ("name","due_at")
);

-- CreateTable
CREATE TABLE "view_as_sessions" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "staff_user_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "ticket" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "view_as_sessions_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "family" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "plan_version" INTEGER NOT NULL,
    "interval" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" TEXT NOT NULL,
    "access" TEXT NOT NULL DEFAULT 'full',
    "stripe_subscription_id" TEXT NOT NULL,
    "billing_anchor" TIMESTAMPTZ(3) NOT NULL,
    "current_period_start" TIMESTAMPTZ(3) NOT NULL,
    "current_period_end" TIMESTAMPTZ(3) NOT NULL,
    "trial_end" TIMESTAMPTZ(3),
    "cancel_at" TIMESTAMPTZ(3),
    "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "canceled_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "paused_at" TIMESTAMPTZ(3),
    "past_due_since" TIMESTAMPTZ(3),
    "scheduled_change" JSONB,
    "action_url" TEXT,
    "stripe_synced_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "subscription_items" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "price_key" TEXT NOT NULL,
    "stripe_item_id" TEXT NOT NULL,
    "stripe_price_id" TEXT NOT NULL,
    "quantity" DECIMAL(38,12),
    "kind" TEXT NOT NULL,

    CONSTRAINT "subscription_items_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "quotes" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "family" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "outcome" JSONB NOT NULL,
    "due_now_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "proration_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quotes_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "checkout_sessions" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "family" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "quantity" DECIMAL(38,12),
    "stripe_session_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "request_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkout_sessions_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "usage_events" (
    "organization_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "payload_hash" BYTEA NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'usage',
    "adjusts_event_id" TEXT,
    "meter" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "client_id" UUID,
    "subject" TEXT,
    "properties" JSONB,
    "source" TEXT NOT NULL,

    CONSTRAINT "usage_events_pkey" PRIMARY KEY ("organization_id","id")
) PARTITION BY HASH ("organization_id");

-- Hash by organization keeps (organization, id) unique for ever; partitions by month could not.
CREATE TABLE "usage_events_p0" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE "usage_events_p1" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE "usage_events_p2" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE "usage_events_p3" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE "usage_events_p4" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE "usage_events_p5" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE "usage_events_p6" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE "usage_events_p7" PARTITION OF "usage_events" FOR VALUES WITH (MODULUS 8, REMAINDER 7);

-- CreateTable
CREATE TABLE "usage_buckets" (
    "organization_id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "client_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    "bucket_start" TIMESTAMPTZ(3) NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "event_count" BIGINT NOT NULL DEFAULT 0,
    "max_quantity" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "latest_quantity" DECIMAL(38,12),
    "latest_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_buckets_pkey" PRIMARY KEY ("organization_id","meter","client_id","bucket_start")
) PARTITION BY HASH ("organization_id");

-- Hash by organization keeps (organization, id) unique for ever; partitions by month could not.
CREATE TABLE "usage_buckets_p0" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE "usage_buckets_p1" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE "usage_buckets_p2" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE "usage_buckets_p3" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE "usage_buckets_p4" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE "usage_buckets_p5" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE "usage_buckets_p6" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE "usage_buckets_p7" PARTITION OF "usage_buckets" FOR VALUES WITH (MODULUS 8, REMAINDER 7);

-- CreateTable
CREATE TABLE "rejected_events" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "event_id" TEXT,
    "payload" JSONB NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "resent_at" TIMESTAMPTZ(3),

    CONSTRAINT "rejected_events_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "usage_reports" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "bucket_start" TIMESTAMPTZ(3) NOT NULL,
    "bucket_end" TIMESTAMPTZ(3) NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "identifier" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_reports_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "audit_log_organization_id_at_idx" ON "audit_log"("organization_id", "at" DESC);

-- CreateIndex
CREATE INDEX "audit_log_target_kind_target_id_idx" ON "audit_log"("target_kind", "target_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "auth"."user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "auth"."session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "auth"."session"("user_id");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "auth"."account"("user_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "auth"."verification"("identifier");

-- CreateIndex
CREATE INDEX "two_factor_secret_idx" ON "auth"."two_factor"("secret");

-- CreateIndex
CREATE INDEX "two_factor_user_id_idx" ON "auth"."two_factor"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limit_key_key" ON "auth"."rate_limit"("key");

-- CreateIndex
CREATE INDEX "catalog_objects_stripe_id_idx" ON "catalog_objects"("stripe_id");

-- CreateIndex
CREATE INDEX "inbound_events_status_next_attempt_at_idx" ON "inbound_events"("status", "next_attempt_at");

-- CreateIndex
CREATE INDEX "inbound_events_organization_id_received_at_idx" ON "inbound_events"("organization_id", "received_at" DESC);

-- CreateIndex
CREATE INDEX "inbound_events_object_id_idx" ON "inbound_events"("object_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbound_events_source_external_id_key" ON "inbound_events"("source", "external_id");

-- CreateIndex
CREATE INDEX "outbox_status_next_attempt_at_idx" ON "outbox"("status", "next_attempt_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_organization_id_idempotency_key_key" ON "outbox"("organization_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "emails_dedupe_key_key" ON "emails"("dedupe_key");

-- CreateIndex
CREATE INDEX "emails_status_created_at_idx" ON "emails"("status", "created_at");

-- CreateIndex
CREATE INDEX "emails_organization_id_created_at_idx" ON "emails"("organization_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "webhook_deliveries_status_next_attempt_at_idx" ON "webhook_deliveries"("status", "next_attempt_at");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_organization_id_endpoint_id_message_id_key" ON "webhook_deliveries"("organization_id", "endpoint_id", "message_id");

-- CreateIndex
CREATE INDEX "flag_overrides_flag_key_idx" ON "flag_overrides"("flag_key");

-- CreateIndex
CREATE INDEX "invoices_organization_id_stripe_created_at_idx" ON "invoices"("organization_id", "stripe_created_at" DESC);

-- CreateIndex
CREATE INDEX "invoices_status_due_at_idx" ON "invoices"("status", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_organization_id_stripe_invoice_id_key" ON "invoices"("organization_id", "stripe_invoice_id");

-- CreateIndex
CREATE INDEX "invoice_lines_organization_id_invoice_id_position_idx" ON "invoice_lines"("organization_id", "invoice_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_lines_organization_id_stripe_line_id_key" ON "invoice_lines"("organization_id", "stripe_line_id");

-- CreateIndex
CREATE INDEX "invoice_events_organization_id_invoice_id_at_idx" ON "invoice_events"("organization_id", "invoice_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "credit_notes_organization_id_stripe_credit_note_id_key" ON "credit_notes"("organization_id", "stripe_credit_note_id");

-- CreateIndex
CREATE INDEX "disputes_status_opened_at_idx" ON "disputes"("status", "opened_at");

-- CreateIndex
CREATE INDEX "limit_overrides_organization_id_feature_idx" ON "limit_overrides"("organization_id", "feature");

-- CreateIndex
CREATE INDEX "reservations_status_expires_at_idx" ON "reservations"("status", "expires_at");

-- CreateIndex
CREATE INDEX "gauge_changes_organization_id_feature_occurred_at_idx" ON "gauge_changes"("organization_id", "feature", "occurred_at");

-- CreateIndex
CREATE INDEX "decision_receipts_organization_id_feature_at_idx" ON "decision_receipts"("organization_id", "feature", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "organizations_external_id_key" ON "organizations"("external_id");

-- CreateIndex
CREATE UNIQUE INDEX "organizations_stripe_customer_id_key" ON "organizations"("stripe_customer_id");

-- CreateIndex
CREATE INDEX "members_user_id_idx" ON "members"("user_id");

-- CreateIndex
CREATE INDEX "invitations_token_hash_idx" ON "invitations"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_organization_id_token_hash_key" ON "invitations"("organization_id", "token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "clients_organization_id_external_id_key" ON "clients"("organization_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys"("key_hash");

-- CreateIndex
CREATE INDEX "api_keys_organization_id_idx" ON "api_keys"("organization_id");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "payment_methods_organization_id_stripe_payment_method_id_key" ON "payment_methods"("organization_id", "stripe_payment_method_id");

-- CreateIndex
CREATE INDEX "view_as_sessions_staff_user_id_idx" ON "view_as_sessions"("staff_user_id");

-- CreateIndex
CREATE INDEX "subscriptions_status_current_period_end_idx" ON "subscriptions"("status", "current_period_end");

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_organization_id_stripe_subscription_id_key" ON "subscriptions"("organization_id", "stripe_subscription_id");

-- CreateIndex
CREATE INDEX "subscription_items_organization_id_subscription_id_idx" ON "subscription_items"("organization_id", "subscription_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_items_organization_id_stripe_item_id_key" ON "subscription_items"("organization_id", "stripe_item_id");

-- CreateIndex
CREATE INDEX "checkout_sessions_status_expires_at_idx" ON "checkout_sessions"("status", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "checkout_sessions_organization_id_stripe_session_id_key" ON "checkout_sessions"("organization_id", "stripe_session_id");

-- CreateIndex
CREATE INDEX "usage_events_organization_id_meter_occurred_at_idx" ON "usage_events"("organization_id", "meter", "occurred_at");

-- CreateIndex
CREATE INDEX "usage_events_occurred_at_idx" ON "usage_events" USING BRIN ("occurred_at");

-- CreateIndex
CREATE INDEX "rejected_events_organization_id_received_at_idx" ON "rejected_events"("organization_id", "received_at" DESC);

-- CreateIndex
CREATE INDEX "usage_reports_status_bucket_end_idx" ON "usage_reports"("status", "bucket_end");

-- CreateIndex
CREATE UNIQUE INDEX "usage_reports_organization_id_identifier_key" ON "usage_reports"("organization_id", "identifier");

-- AddForeignKey
ALTER TABLE "auth"."session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."two_factor" ADD CONSTRAINT "two_factor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_organization_id_endpoint_id_fkey" FOREIGN KEY ("organization_id", "endpoint_id") REFERENCES "webhook_endpoints"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invoice_events" ADD CONSTRAINT "invoice_events_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "subscription_items" ADD CONSTRAINT "subscription_items_organization_id_subscription_id_fkey" FOREIGN KEY ("organization_id", "subscription_id") REFERENCES "subscriptions"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "flag_overrides" ADD CONSTRAINT "flag_overrides_flag_key_fkey" FOREIGN KEY ("flag_key") REFERENCES "flags"("key") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "inbound_attempts" ADD CONSTRAINT "inbound_attempts_inbound_event_id_fkey" FOREIGN KEY ("inbound_event_id") REFERENCES "inbound_events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
