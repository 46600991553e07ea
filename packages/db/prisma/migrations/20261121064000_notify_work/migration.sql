-- safe
SET lock_timeout = '10s';

-- Workers of other processes learn of new work when its transaction commits instead of at their next look.
CREATE FUNCTION notify_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('work', TG_TABLE_NAME);
  RETURN NULL;
END $$;

CREATE TRIGGER notify_work AFTER INSERT ON inbound_events FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER notify_work AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER notify_work AFTER INSERT ON emails FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
