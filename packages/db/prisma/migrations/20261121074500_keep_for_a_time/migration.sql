-- safe
SET lock_timeout = '10s';

-- Retention: refused events and receipts are kept for a time. The workers may see and delete what is older, of any
-- organization, and nothing else of these tables; the floor holds whatever the program asks for.
CREATE POLICY retention_read ON rejected_events FOR SELECT TO mg_worker
  USING (received_at < now() - interval '30 days');
CREATE POLICY retention_delete ON rejected_events FOR DELETE TO mg_worker
  USING (received_at < now() - interval '30 days');
CREATE POLICY retention_read ON decision_receipts FOR SELECT TO mg_worker
  USING (at < now() - interval '90 days');
CREATE POLICY retention_delete ON decision_receipts FOR DELETE TO mg_worker
  USING (at < now() - interval '90 days');
GRANT SELECT (organization_id, id, received_at), DELETE ON rejected_events TO mg_worker;
GRANT SELECT (organization_id, id, at), DELETE ON decision_receipts TO mg_worker;
