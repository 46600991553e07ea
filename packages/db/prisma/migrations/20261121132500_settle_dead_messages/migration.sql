-- safe
SET lock_timeout = '10s';

-- A message to Stripe that was given up can be sent again by staff, or dismissed when there is nothing left to send.
ALTER TABLE outbox
  -- How often staff have put it back. Stripe remembers a refusal for a day, so each round has a key of its own.
  ADD COLUMN round INTEGER NOT NULL DEFAULT 0,
  DROP CONSTRAINT outbox_status_check,
  ADD CONSTRAINT outbox_status_check CHECK (status IN ('pending', 'sending', 'done', 'failed', 'dead', 'dismissed'));
