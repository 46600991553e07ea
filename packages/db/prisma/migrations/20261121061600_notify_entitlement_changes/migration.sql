-- safe
SET lock_timeout = '10s';

-- Every process keeps an organization's rights in memory for a few seconds. Whoever changes what they are computed
-- from tells all of them; a trigger, because a writer that forgets would leave stale limits in force.
CREATE FUNCTION notify_entitlement_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('entitlements_changed', coalesce(NEW.organization_id, OLD.organization_id)::text);
  RETURN NULL;
END $$;

CREATE FUNCTION notify_organization_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('entitlements_changed', NEW.id::text);
  RETURN NULL;
END $$;

DO $$
DECLARE target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['subscriptions', 'subscription_items', 'limit_overrides', 'clients'] LOOP
    EXECUTE format('CREATE TRIGGER notify_entitlements AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION notify_entitlement_change()', target);
  END LOOP;
END $$;

CREATE TRIGGER notify_entitlements AFTER UPDATE ON organizations
  FOR EACH ROW EXECUTE FUNCTION notify_organization_change();
