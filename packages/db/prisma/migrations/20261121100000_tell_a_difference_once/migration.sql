-- safe
SET lock_timeout = '10s';

-- How many looks in a row found a difference: one may be usage on its way, the second is told, later ones are known.
ALTER TABLE usage_proofs ADD COLUMN differences integer NOT NULL DEFAULT 0;
