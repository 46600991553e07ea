-- safe
SET lock_timeout = '10s';

-- Readings of Stripe are ordered by a counter: clocks have equal instants and may step back.
CREATE SEQUENCE stripe_readings AS BIGINT;
GRANT USAGE ON SEQUENCE stripe_readings TO mg_app;

ALTER TABLE "public"."subscriptions" ADD COLUMN "reading" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "public"."invoices" ADD COLUMN "reading" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN "refunded_minor" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoices ADD CONSTRAINT invoices_refunded_check CHECK (refunded_minor >= 0);
