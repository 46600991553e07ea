-- safe
SET lock_timeout = '10s';

-- AlterTable
ALTER TABLE "disputes" ADD COLUMN "credited_minor" BIGINT,
  ADD COLUMN "resolved_by" TEXT,
  ADD COLUMN "stripe_credit_note_id" TEXT;

-- One case per line, whoever asks how often.
CREATE UNIQUE INDEX "disputes_organization_id_line_id_key" ON "disputes"("organization_id", "line_id");

ALTER TABLE disputes
  ADD CONSTRAINT disputes_credited_check CHECK (credited_minor > 0),
  ADD CONSTRAINT disputes_resolution_check CHECK (status = 'open' OR (resolution IS NOT NULL AND resolved_by IS NOT NULL)) NOT VALID;
