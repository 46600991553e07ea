-- safe
SET lock_timeout = '10s';

-- A level is compared at an instant: its span begins and ends there. A span of usage is never empty.
ALTER TABLE usage_checks DROP CONSTRAINT usage_checks_span_check;
ALTER TABLE usage_checks ADD CONSTRAINT usage_checks_span_check CHECK (span_start <= span_end);
