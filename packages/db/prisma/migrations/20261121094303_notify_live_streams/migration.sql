-- safe
SET lock_timeout = '10s';

-- Open pages learn that something is different and read it again. Only for tables that change seldom: a notification
-- makes commits wait for each other, so usage is announced once a second by each process instead.
CREATE FUNCTION notify_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', TG_ARGV[0] || ':' || coalesce(NEW.organization_id, OLD.organization_id)::text);
  RETURN NULL;
END $$;

CREATE FUNCTION notify_live_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('live', 'organization:' || NEW.id::text);
  RETURN NULL;
END $$;

DO $$
DECLARE target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['subscriptions', 'invoices', 'payment_methods', 'credit_notes'] LOOP
    EXECUTE format('CREATE TRIGGER notify_live AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION notify_live(''billing'')', target);
  END LOOP;
  FOREACH target IN ARRAY ARRAY['clients', 'limit_overrides', 'members'] LOOP
    EXECUTE format('CREATE TRIGGER notify_live AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION notify_live(''organization'')', target);
  END LOOP;
END $$;

CREATE TRIGGER notify_live AFTER INSERT ON alerts_fired FOR EACH ROW EXECUTE FUNCTION notify_live('usage');
CREATE TRIGGER notify_live AFTER UPDATE ON organizations FOR EACH ROW EXECUTE FUNCTION notify_live_organization();
