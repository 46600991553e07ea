-- safe
SET lock_timeout = '10s';

-- The rights of an organization count its active clients and name its archived ones: both are read from the index alone.
CREATE INDEX "clients_organization_id_status_id_idx" ON "public"."clients"("organization_id", "status", "id");
