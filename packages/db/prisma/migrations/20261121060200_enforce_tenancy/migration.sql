-- safe
SET lock_timeout = '10s';

-- The roles mg_app, mg_auth, mg_ingest, mg_platform and mg_worker are cluster-wide and exist before this runs.
-- There are no default privileges: a new table is invisible until a migration grants it.

-- Row level security for one table. FORCE binds the owner too, so it gets a policy of its own; otherwise a data
-- migration would silently touch no rows.
CREATE FUNCTION protect_table(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY owner_all ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', target);
END $$;

-- The application sees one organization per transaction; without a context it sees nothing.
CREATE FUNCTION protect_tenant_table(target regclass, organization_column name DEFAULT 'organization_id')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mine text := format('%I = (SELECT nullif(current_setting(''app.organization_id'', true), '''')::uuid)', organization_column);
BEGIN
  PERFORM protect_table(target);
  EXECUTE format('CREATE POLICY app_own ON %s TO mg_app USING (%s) WITH CHECK (%s)', target, mine, mine);
  EXECUTE format('CREATE POLICY platform_read ON %s FOR SELECT TO mg_platform USING (true)', target);
END $$;

-- The usage path sees the organizations that the caller's key authorises.
CREATE FUNCTION allow_ingest(target regclass, organization_column name DEFAULT 'organization_id')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  authorised text := format('%I = ANY ((SELECT string_to_array(nullif(current_setting(''app.organization_ids'', true), ''''), '','')::uuid[])::uuid[])', organization_column);
BEGIN
  EXECUTE format('CREATE POLICY ingest_authorised ON %s TO mg_ingest USING (%s) WITH CHECK (%s)', target, authorised, authorised);
END $$;

-- Lets a role find work or people across organizations; what it may do is decided by its grants.
CREATE FUNCTION allow_across_organizations(target regclass, role_name name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY %I ON %s TO %I USING (true) WITH CHECK (true)', role_name || '_across', target, role_name);
END $$;

REVOKE EXECUTE ON FUNCTION protect_table, protect_tenant_table, allow_ingest, allow_across_organizations FROM PUBLIC;

SELECT protect_tenant_table('organizations', 'id');
SELECT protect_tenant_table(name::regclass) FROM unnest(ARRAY[
  'members', 'invitations', 'clients', 'api_keys', 'idempotency_keys', 'audit_log', 'audit_heads',
  'subscriptions', 'subscription_items', 'quotes', 'checkout_sessions',
  'usage_events', 'usage_buckets', 'rejected_events', 'usage_reports',
  'limit_overrides', 'limit_counters', 'reservations', 'gauges', 'gauge_changes', 'decision_receipts',
  'alerts_fired', 'alert_rules', 'voice_configs',
  'invoices', 'invoice_lines', 'invoice_events', 'credit_notes', 'disputes', 'payment_methods',
  'flag_overrides', 'inbound_events', 'outbox', 'emails', 'webhook_endpoints', 'webhook_deliveries',
  'view_as_sessions'
]) AS name;

-- A partition has its own privileges and policies: reached directly it would bypass those of its parent.
DO $$
DECLARE part text;
BEGIN
  FOR part IN
    SELECT parent || '_p' || number FROM unnest(ARRAY['usage_events', 'usage_buckets']) parent, generate_series(0, 7) number
  LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, mg_app, mg_auth, mg_ingest, mg_platform, mg_worker', part);
    PERFORM protect_table(part::regclass);
  END LOOP;
END $$;

-- mg_app: one organization per transaction.
GRANT SELECT, INSERT, UPDATE ON
  organizations, invitations, clients, api_keys, audit_heads, subscriptions, quotes, checkout_sessions,
  rejected_events, usage_reports, limit_overrides, limit_counters, reservations, alerts_fired, voice_configs,
  invoices, disputes, credit_notes, payment_methods, webhook_deliveries, view_as_sessions
TO mg_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  members, idempotency_keys, subscription_items, usage_buckets, gauges, alert_rules, invoice_lines,
  flag_overrides, webhook_endpoints
TO mg_app;
GRANT SELECT, INSERT ON
  audit_log, usage_events, gauge_changes, decision_receipts, invoice_events, outbox, emails
TO mg_app;
GRANT SELECT, UPDATE ON inbound_events TO mg_app;
GRANT SELECT ON meters, plan_versions, catalog_objects, flags, settings TO mg_app;
GRANT USAGE ON SEQUENCE outbox_sequence_seq TO mg_app;

-- mg_ingest: the usage hot path.
SELECT allow_ingest('organizations', 'id');
SELECT allow_ingest(name::regclass) FROM unnest(ARRAY[
  'clients', 'subscriptions', 'subscription_items', 'limit_overrides',
  'usage_events', 'usage_buckets', 'rejected_events', 'limit_counters', 'reservations', 'gauges', 'gauge_changes',
  'decision_receipts', 'alerts_fired', 'alert_rules', 'voice_configs'
]) AS name;
GRANT SELECT ON
  organizations, clients, subscriptions, subscription_items, limit_overrides, alert_rules, voice_configs,
  meters, plan_versions, flags, settings
TO mg_ingest;
GRANT SELECT, INSERT ON usage_events, gauge_changes, alerts_fired TO mg_ingest;
GRANT SELECT, INSERT, UPDATE ON
  usage_buckets, limit_counters, rejected_events, gauges, reservations, decision_receipts
TO mg_ingest;

-- mg_auth: the sign-in library, and who may enter which organization.
SELECT allow_across_organizations(name::regclass, 'mg_auth')
  FROM unnest(ARRAY['organizations', 'members', 'invitations', 'api_keys', 'view_as_sessions']) AS name;
GRANT SELECT ON organizations, members, invitations, api_keys, view_as_sessions TO mg_auth;
GRANT UPDATE (last_used_at) ON api_keys TO mg_auth;
CREATE POLICY auth_unowned ON emails FOR INSERT TO mg_auth WITH CHECK (organization_id IS NULL);
GRANT INSERT ON emails TO mg_auth;
GRANT USAGE ON SCHEMA auth TO mg_auth, mg_app, mg_platform, mg_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  auth."user", auth.session, auth.account, auth.verification, auth.two_factor, auth.rate_limit
TO mg_auth;

-- A user is no tenant row, but the application sees only members of the organization it works for.
SELECT protect_table('auth."user"');
CREATE POLICY auth_all ON auth."user" TO mg_auth USING (true) WITH CHECK (true);
CREATE POLICY platform_all ON auth."user" TO mg_platform USING (true) WITH CHECK (true);
CREATE POLICY worker_read ON auth."user" FOR SELECT TO mg_worker USING (true);
CREATE POLICY app_members ON auth."user" FOR SELECT TO mg_app
  USING (EXISTS (SELECT FROM public.members WHERE members.user_id = "user".id));
GRANT SELECT ON auth."user" TO mg_app, mg_platform, mg_worker;
GRANT UPDATE (platform_role, updated_at) ON auth."user" TO mg_platform;

-- mg_platform: reads everything, writes what belongs to no organization.
GRANT SELECT ON
  organizations, members, invitations, clients, api_keys, idempotency_keys, audit_log, audit_heads,
  plan_versions, meters, catalog_objects, subscriptions, subscription_items, quotes, checkout_sessions,
  usage_events, usage_buckets, rejected_events, usage_reports,
  limit_overrides, limit_counters, reservations, gauges, gauge_changes, decision_receipts,
  alerts_fired, alert_rules, voice_configs,
  invoices, invoice_lines, invoice_events, credit_notes, disputes, payment_methods,
  flags, flag_overrides, flag_history, inbound_events, inbound_attempts, outbox, emails,
  webhook_endpoints, webhook_deliveries, schedule_runs, view_as_sessions, settings
TO mg_platform;
GRANT INSERT, UPDATE ON plan_versions, meters, catalog_objects, flags, settings, schedule_runs TO mg_platform;
GRANT DELETE ON settings TO mg_platform;
GRANT INSERT ON flag_history, audit_log, emails TO mg_platform;
GRANT INSERT, UPDATE ON audit_heads, api_keys TO mg_platform;
GRANT UPDATE ON inbound_events, outbox, webhook_deliveries TO mg_platform;
CREATE POLICY platform_chain ON audit_log FOR INSERT TO mg_platform WITH CHECK (organization_id IS NULL);
CREATE POLICY platform_chain ON audit_heads TO mg_platform
  USING (organization_id IS NULL) WITH CHECK (organization_id IS NULL);
CREATE POLICY platform_keys ON api_keys TO mg_platform
  USING (organization_id IS NULL) WITH CHECK (organization_id IS NULL);
CREATE POLICY platform_unowned ON emails FOR INSERT TO mg_platform WITH CHECK (organization_id IS NULL);
CREATE POLICY platform_replay ON inbound_events FOR UPDATE TO mg_platform USING (true) WITH CHECK (true);
CREATE POLICY platform_replay ON outbox FOR UPDATE TO mg_platform USING (true) WITH CHECK (true);
CREATE POLICY platform_replay ON webhook_deliveries FOR UPDATE TO mg_platform USING (true) WITH CHECK (true);

-- mg_worker: finds due work of every organization; the work itself then runs as mg_app.
SELECT allow_across_organizations(name::regclass, 'mg_worker') FROM unnest(ARRAY[
  'organizations', 'subscriptions', 'checkout_sessions', 'reservations', 'usage_reports', 'inbound_events',
  'outbox', 'emails', 'webhook_endpoints', 'webhook_deliveries', 'idempotency_keys', 'invoices'
]) AS name;
GRANT SELECT ON
  organizations, subscriptions, checkout_sessions, reservations, invoices, webhook_endpoints, meters,
  plan_versions, flags
TO mg_worker;
GRANT SELECT, INSERT, UPDATE ON
  inbound_events, inbound_attempts, outbox, emails, webhook_deliveries, usage_reports, schedule_runs,
  catalog_objects, settings
TO mg_worker;
GRANT SELECT, DELETE ON idempotency_keys TO mg_worker;
GRANT USAGE ON SEQUENCE outbox_sequence_seq TO mg_worker;
