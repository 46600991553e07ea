-- safe
SET lock_timeout = '10s';

-- Days that staff added to the steps of a payment failure; back to nothing once it is paid.
ALTER TABLE subscriptions
  ADD COLUMN grace_days INTEGER NOT NULL DEFAULT 0,
  ADD CONSTRAINT subscriptions_grace_days_check CHECK (grace_days >= 0);
