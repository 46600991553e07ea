-- safe
SET lock_timeout = '10s';

-- Stripe may refuse a report after it took it: refused waits to be told again, replaced was told again under a new name,
-- settled was billed with its month.
ALTER TABLE usage_reports ADD COLUMN refusal TEXT, ADD COLUMN refused_at TIMESTAMPTZ(3);
ALTER TABLE usage_reports DROP CONSTRAINT usage_reports_status_check;
ALTER TABLE usage_reports
  ADD CONSTRAINT usage_reports_status_check
    CHECK (status IN ('pending', 'sent', 'failed', 'withheld', 'refused', 'replaced', 'settled')),
  ADD CONSTRAINT usage_reports_refusal_check CHECK (
    (refusal IS NULL) = (refused_at IS NULL) AND (status NOT IN ('refused', 'replaced', 'settled') OR refusal IS NOT NULL));
