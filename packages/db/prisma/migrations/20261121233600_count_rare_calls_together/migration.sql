-- safe
SET lock_timeout = '10s';

-- Where processes without Redis count together what is rare and matters: attempts to sign in, purchases, changes of the
-- voice set-up. Keys are digests. What a crash takes away is at most an hour of counts, so nothing of it is logged.
CREATE UNLOGGED TABLE auth.rate_count (
  key text NOT NULL,
  points integer NOT NULL,
  expire bigint,
  CONSTRAINT rate_count_pkey PRIMARY KEY (key)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.rate_count TO mg_auth;
