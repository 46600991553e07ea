-- safe
SET lock_timeout = '5s';

-- A process is ready when the database has every migration that the process knows. The table of applied migrations
-- does not exist while tools replay the migrations in a scratch database.
DO $$
BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    GRANT SELECT ON _prisma_migrations TO mg_app;
  END IF;
END $$;
