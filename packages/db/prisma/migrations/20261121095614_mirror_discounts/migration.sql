-- safe
SET lock_timeout = '10s';

-- Coupons that Stripe will take off coming invoices of a subscription, as they were read.
ALTER TABLE subscriptions ADD COLUMN discounts JSONB NOT NULL DEFAULT '[]';
