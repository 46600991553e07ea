-- safe
SET lock_timeout = '10s';

-- Reminders look for cards that expire soon, across organizations.
SELECT allow_across_organizations('payment_methods', 'mg_worker');
GRANT SELECT ON payment_methods TO mg_worker;
