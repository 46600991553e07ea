-- safe
SET lock_timeout = '10s';

-- An hour that shrank after Stripe was told cannot be taken back there: it is written down and settled by billing.
ALTER TABLE usage_reports DROP CONSTRAINT usage_reports_status_check;
ALTER TABLE usage_reports
  ADD CONSTRAINT usage_reports_status_check CHECK (status IN ('pending', 'sent', 'failed', 'withheld'));
CREATE INDEX usage_reports_organization_id_meter_bucket_start_idx
  ON usage_reports (organization_id, meter, bucket_start);
