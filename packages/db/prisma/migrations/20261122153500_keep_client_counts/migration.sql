-- safe
SET lock_timeout = '10s';

-- How many clients there were is kept beside the levels that are reported, from now on with each change. Until now
-- only the begin and the last end of each client are known.
INSERT INTO gauge_changes (organization_id, id, feature, delta, level, occurred_at, recorded_at)
SELECT organization_id, gen_random_uuid()::text, 'clients', NULL, level, at, at
  FROM (
    SELECT organization_id, at, sum(sum(change)) OVER (PARTITION BY organization_id ORDER BY at) AS level
      FROM (
        SELECT organization_id, created_at AS at, 1 AS change FROM clients
        UNION ALL
        SELECT organization_id, archived_at, -1 FROM clients WHERE archived_at IS NOT NULL
      ) AS changes
     GROUP BY organization_id, at
  ) AS counts;
