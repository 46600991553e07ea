-- safe
SET lock_timeout = '10s';

-- What a comparison with Stripe found about one object, why, and what became of it.
CREATE TABLE drift_findings (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "object" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "fields" JSONB NOT NULL,
    "cause" TEXT,
    "status" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "last_found_at" TIMESTAMPTZ(3) NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "settled_at" TIMESTAMPTZ(3),
    "settled_by" TEXT,
    "reason" TEXT,

    CONSTRAINT "drift_findings_pkey" PRIMARY KEY ("organization_id","id")
);
ALTER TABLE drift_findings
  ADD CONSTRAINT drift_findings_status_check CHECK (status IN ('open', 'accepted', 'repaired', 'gone')),
  ADD CONSTRAINT drift_findings_source_check CHECK (source IN ('sweep', 'resync')),
  ADD CONSTRAINT drift_findings_settled_check CHECK ((status = 'open') = (settled_at IS NULL)),
  ADD CONSTRAINT drift_findings_times_check CHECK (times >= 1);
CREATE INDEX "drift_findings_organization_id_status_idx" ON drift_findings ("organization_id", "status");
CREATE INDEX "drift_findings_id_idx" ON drift_findings ("id");
SELECT protect_tenant_table('drift_findings');
GRANT SELECT, INSERT, UPDATE ON drift_findings TO mg_app;
GRANT SELECT ON drift_findings TO mg_platform;
