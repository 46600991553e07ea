-- safe
SET lock_timeout = '10s';

-- An endpoint that fails again and again is left alone for a while, with everything that waits for it.
ALTER TABLE "public"."webhook_endpoints" ADD COLUMN "resume_at" TIMESTAMPTZ(3);
