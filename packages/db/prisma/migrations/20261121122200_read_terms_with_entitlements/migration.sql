-- safe
SET lock_timeout = '10s';

-- Budgets are rated at the terms in force when usage happened, inside the decision that they bound.
GRANT SELECT ON subscription_terms TO mg_ingest;
SELECT allow_ingest('subscription_terms');
