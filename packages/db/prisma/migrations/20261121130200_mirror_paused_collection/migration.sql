-- safe
SET lock_timeout = '10s';

-- Set at Stripe alone: the subscription goes on, its invoices are not collected.
ALTER TABLE subscriptions
  ADD COLUMN collection_paused text
    CONSTRAINT subscriptions_collection_paused_check
    CHECK (collection_paused IN ('keep_as_draft', 'mark_uncollectible', 'void')),
  ADD COLUMN collection_resumes_at timestamptz(3);
