-- safe
SET lock_timeout = '10s';

-- That the usage of a meter was far from the organization's own habit; told once while it lasts.
CREATE TABLE usage_anomalies (
    "organization_id" UUID NOT NULL,
    "meter" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "window_end" TIMESTAMPTZ(3) NOT NULL,
    "expected" DECIMAL(38,12) NOT NULL,
    "actual" DECIMAL(38,12) NOT NULL,
    "detected_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_anomalies_pkey" PRIMARY KEY ("organization_id","meter","kind","window_end")
);
ALTER TABLE usage_anomalies
  ADD CONSTRAINT usage_anomalies_kind_check CHECK (kind IN ('spike', 'silence')),
  ADD CONSTRAINT usage_anomalies_window_check CHECK (window_start < window_end);
SELECT protect_tenant_table('usage_anomalies');
GRANT SELECT, INSERT ON usage_anomalies TO mg_app;
GRANT SELECT ON usage_anomalies TO mg_platform;
