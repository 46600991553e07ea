-- safe
SET lock_timeout = '10s';

-- A job looks for exceptions that have ended by their date, across organizations; each is closed as its organization.
SELECT allow_across_organizations('limit_overrides', 'mg_worker');
GRANT SELECT ON limit_overrides TO mg_worker;
