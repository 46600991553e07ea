-- safe
SET lock_timeout = '10s';

-- Up to how many seats an owner lets be bought when people join; without a number the switch alone buys nothing.
ALTER TABLE organizations ADD COLUMN auto_buy_seats_max integer
  CONSTRAINT organizations_auto_buy_seats_max_check CHECK (auto_buy_seats_max BETWEEN 1 AND 100000);

-- Looking for organizations that use more seats than they bought, across organizations.
SELECT allow_across_organizations(name::regclass, 'mg_worker') FROM unnest(ARRAY['gauges', 'subscription_items']) AS name;
GRANT SELECT ON gauges, subscription_items TO mg_worker;
