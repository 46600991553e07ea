-- safe
SET lock_timeout = '10s';

-- One action of staff for many objects; a worker carries it out one after another, under a lease.
CREATE TABLE bulk_runs (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "per_second" INTEGER NOT NULL,
    "items" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "leased_by" TEXT,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_runs_pkey" PRIMARY KEY ("id")
);
ALTER TABLE bulk_runs
  ADD CONSTRAINT bulk_runs_kind_check CHECK (kind IN ('replay', 'resync')),
  ADD CONSTRAINT bulk_runs_status_check CHECK (status IN ('running', 'done', 'canceled')),
  ADD CONSTRAINT bulk_runs_finished_check CHECK ((status = 'running') = (finished_at IS NULL)),
  ADD CONSTRAINT bulk_runs_per_second_check CHECK (per_second BETWEEN 1 AND 10);
CREATE UNIQUE INDEX bulk_runs_one_running ON bulk_runs (status) WHERE status = 'running';
GRANT SELECT, INSERT, UPDATE ON bulk_runs TO mg_platform;
GRANT SELECT, UPDATE ON bulk_runs TO mg_worker;
