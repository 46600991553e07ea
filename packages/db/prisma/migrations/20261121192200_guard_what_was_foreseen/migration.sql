-- safe
SET lock_timeout = '10s';

-- A statement that must not have been sent unless something holds ends its transaction itself: nobody waits for the
-- answer before the commit is sent as well. `code` is the SQLSTATE by which the sender knows what did not hold.
CREATE FUNCTION refuse_unless(holds boolean, code text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF holds IS NOT TRUE THEN
    RAISE EXCEPTION 'not as it was expected' USING ERRCODE = code;
  END IF;
  RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION refuse_unless FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuse_unless TO mg_ingest;
