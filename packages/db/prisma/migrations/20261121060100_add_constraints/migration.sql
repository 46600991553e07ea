-- safe
SET lock_timeout = '10s';

-- Enumerations are text with a CHECK: the same snake_case words as in the API, and adding one is a small migration.
ALTER TABLE organizations
  ADD CONSTRAINT organizations_status_check CHECK (status IN ('active', 'closed')),
  ADD CONSTRAINT organizations_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT organizations_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  ADD CONSTRAINT organizations_closed_check CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
  ADD CONSTRAINT organizations_country_check CHECK (country ~ '^[A-Z]{2}$');

ALTER TABLE members
  ADD CONSTRAINT members_role_check CHECK (role IN ('owner', 'admin', 'member'));

ALTER TABLE invitations
  ADD CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'member')),
  ADD CONSTRAINT invitations_token_hash_check CHECK (octet_length(token_hash) = 32),
  ADD CONSTRAINT invitations_outcome_check CHECK (accepted_at IS NULL OR revoked_at IS NULL);

ALTER TABLE clients
  ADD CONSTRAINT clients_status_check CHECK (status IN ('active', 'paused', 'archived')),
  ADD CONSTRAINT clients_archived_check CHECK ((status = 'archived') = (archived_at IS NOT NULL)),
  ADD CONSTRAINT clients_id_check CHECK (id <> '00000000-0000-0000-0000-000000000000');

ALTER TABLE api_keys
  ADD CONSTRAINT api_keys_key_hash_check CHECK (octet_length(key_hash) = 32),
  ADD CONSTRAINT api_keys_scopes_check CHECK (cardinality(scopes) > 0);

ALTER TABLE audit_log
  ADD CONSTRAINT audit_log_chain_check CHECK (chain_id = coalesce(organization_id::text, 'platform')),
  ADD CONSTRAINT audit_log_sequence_check CHECK (sequence > 0),
  ADD CONSTRAINT audit_log_hash_check CHECK (octet_length(previous_hash) = 32 AND octet_length(hash) = 32);

ALTER TABLE audit_heads
  ADD CONSTRAINT audit_heads_chain_check CHECK (chain_id = coalesce(organization_id::text, 'platform')),
  ADD CONSTRAINT audit_heads_sequence_check CHECK (sequence >= 0),
  ADD CONSTRAINT audit_heads_hash_check CHECK (octet_length(hash) = 32);

ALTER TABLE plan_versions
  ADD CONSTRAINT plan_versions_status_check CHECK (status IN ('draft', 'published', 'retired')),
  ADD CONSTRAINT plan_versions_version_check CHECK (version > 0),
  ADD CONSTRAINT plan_versions_published_check CHECK ((status = 'draft') = (published_at IS NULL));

ALTER TABLE catalog_objects
  ADD CONSTRAINT catalog_objects_kind_check CHECK (kind IN ('product', 'price', 'meter', 'coupon'));

ALTER TABLE subscriptions
  ADD CONSTRAINT subscriptions_status_check CHECK (status IN ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')),
  ADD CONSTRAINT subscriptions_access_check CHECK (access IN ('full', 'restricted', 'suspended')),
  ADD CONSTRAINT subscriptions_interval_check CHECK ("interval" IN ('month', 'year')),
  ADD CONSTRAINT subscriptions_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT subscriptions_plan_version_check CHECK (plan_version > 0),
  ADD CONSTRAINT subscriptions_period_check CHECK (current_period_start < current_period_end);

-- At most one living subscription per family.
CREATE UNIQUE INDEX subscriptions_one_per_family_key ON subscriptions (organization_id, family)
  WHERE status NOT IN ('canceled', 'incomplete_expired');

ALTER TABLE subscription_items
  ADD CONSTRAINT subscription_items_kind_check CHECK (kind IN ('base', 'addon', 'seat', 'usage')),
  ADD CONSTRAINT subscription_items_quantity_check CHECK (quantity >= 0);

ALTER TABLE quotes
  ADD CONSTRAINT quotes_currency_check CHECK (currency ~ '^[A-Z]{3}$');

ALTER TABLE checkout_sessions
  ADD CONSTRAINT checkout_sessions_status_check CHECK (status IN ('open', 'complete', 'expired')),
  ADD CONSTRAINT checkout_sessions_interval_check CHECK ("interval" IN ('month', 'year')),
  ADD CONSTRAINT checkout_sessions_quantity_check CHECK (quantity >= 0);

-- Two people buying at once must end on the same checkout page.
CREATE UNIQUE INDEX checkout_sessions_one_open_key ON checkout_sessions (organization_id, family)
  WHERE status = 'open';

ALTER TABLE limit_overrides
  ADD CONSTRAINT limit_overrides_limit_check CHECK (limit_quantity >= 0),
  ADD CONSTRAINT limit_overrides_unlimited_check CHECK (NOT (unlimited AND limit_quantity IS NOT NULL));

ALTER TABLE usage_events
  ADD CONSTRAINT usage_events_id_check CHECK (octet_length(id) BETWEEN 1 AND 255),
  ADD CONSTRAINT usage_events_payload_hash_check CHECK (octet_length(payload_hash) = 32),
  ADD CONSTRAINT usage_events_kind_check CHECK (kind IN ('usage', 'void', 'amend')),
  ADD CONSTRAINT usage_events_adjusts_check CHECK ((kind = 'usage') = (adjusts_event_id IS NULL)),
  ADD CONSTRAINT usage_events_source_check CHECK (source IN ('api', 'consume', 'commit', 'backfill', 'console')),
  ADD CONSTRAINT usage_events_quantity_check CHECK (quantity > -1e16 AND quantity < 1e16);

ALTER TABLE usage_buckets
  ADD CONSTRAINT usage_buckets_start_check CHECK (extract(epoch FROM bucket_start) % 900 = 0),
  ADD CONSTRAINT usage_buckets_event_count_check CHECK (event_count >= 0),
  ADD CONSTRAINT usage_buckets_latest_check CHECK ((latest_quantity IS NULL) = (latest_at IS NULL));

ALTER TABLE usage_reports
  ADD CONSTRAINT usage_reports_status_check CHECK (status IN ('pending', 'sent', 'failed')),
  ADD CONSTRAINT usage_reports_bucket_check CHECK (bucket_start < bucket_end);

ALTER TABLE limit_counters
  ADD CONSTRAINT limit_counters_used_check CHECK (used >= 0),
  ADD CONSTRAINT limit_counters_reserved_check CHECK (reserved >= 0),
  ADD CONSTRAINT limit_counters_window_check CHECK (window_start < window_end);

ALTER TABLE reservations
  ADD CONSTRAINT reservations_status_check CHECK (status IN ('held', 'committed', 'released', 'expired')),
  ADD CONSTRAINT reservations_quantity_check CHECK (quantity > 0),
  ADD CONSTRAINT reservations_committed_check CHECK ((status = 'committed') = (committed_quantity IS NOT NULL)),
  ADD CONSTRAINT reservations_settled_check CHECK ((status = 'held') = (settled_at IS NULL));

ALTER TABLE gauges
  ADD CONSTRAINT gauges_level_check CHECK (level >= 0);

ALTER TABLE gauge_changes
  ADD CONSTRAINT gauge_changes_id_check CHECK (octet_length(id) BETWEEN 1 AND 255),
  ADD CONSTRAINT gauge_changes_level_check CHECK (level >= 0);

ALTER TABLE decision_receipts
  ADD CONSTRAINT decision_receipts_operation_check CHECK (operation IN ('check', 'consume', 'reserve', 'commit', 'release')),
  ADD CONSTRAINT decision_receipts_decision_check CHECK (decision IN ('allowed', 'warned', 'blocked'));

ALTER TABLE alerts_fired
  ADD CONSTRAINT alerts_fired_threshold_check CHECK (threshold > 0);

ALTER TABLE invoices
  ADD CONSTRAINT invoices_status_check CHECK (status IN ('draft', 'open', 'paid', 'void', 'uncollectible')),
  ADD CONSTRAINT invoices_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT invoices_period_check CHECK (period_start <= period_end),
  ADD CONSTRAINT invoices_attempt_count_check CHECK (attempt_count >= 0);

ALTER TABLE invoice_lines
  ADD CONSTRAINT invoice_lines_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT invoice_lines_position_check CHECK (position >= 0),
  ADD CONSTRAINT invoice_lines_period_check CHECK (period_start <= period_end);

ALTER TABLE credit_notes
  ADD CONSTRAINT credit_notes_status_check CHECK (status IN ('issued', 'void')),
  ADD CONSTRAINT credit_notes_amount_check CHECK (amount_minor >= 0),
  ADD CONSTRAINT credit_notes_currency_check CHECK (currency ~ '^[A-Z]{3}$');

ALTER TABLE disputes
  ADD CONSTRAINT disputes_status_check CHECK (status IN ('open', 'credited', 'refused')),
  ADD CONSTRAINT disputes_resolved_check CHECK ((status = 'open') = (resolved_at IS NULL));

ALTER TABLE payment_methods
  ADD CONSTRAINT payment_methods_exp_month_check CHECK (exp_month BETWEEN 1 AND 12);

CREATE UNIQUE INDEX payment_methods_one_default_key ON payment_methods (organization_id) WHERE is_default;

ALTER TABLE flags
  ADD CONSTRAINT flags_kind_check CHECK (kind IN ('boolean', 'variant')),
  ADD CONSTRAINT flags_rollout_percent_check CHECK (rollout_percent BETWEEN 0 AND 100),
  ADD CONSTRAINT flags_version_check CHECK (version > 0);

ALTER TABLE inbound_events
  ADD CONSTRAINT inbound_events_status_check CHECK (status IN ('received', 'processing', 'processed', 'failed', 'ignored', 'dead', 'parked')),
  ADD CONSTRAINT inbound_events_payload_hash_check CHECK (octet_length(payload_hash) = 32),
  ADD CONSTRAINT inbound_events_attempts_check CHECK (attempts >= 0);

ALTER TABLE outbox
  ADD CONSTRAINT outbox_status_check CHECK (status IN ('pending', 'sending', 'done', 'failed', 'dead')),
  ADD CONSTRAINT outbox_attempts_check CHECK (attempts >= 0);

ALTER TABLE emails
  ADD CONSTRAINT emails_status_check CHECK (status IN ('pending', 'sent', 'failed'));

ALTER TABLE webhook_deliveries
  ADD CONSTRAINT webhook_deliveries_status_check CHECK (status IN ('pending', 'sending', 'delivered', 'failed', 'dead')),
  ADD CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0);

ALTER TABLE schedule_runs
  ADD CONSTRAINT schedule_runs_status_check CHECK (status IN ('running', 'done', 'failed'));

ALTER TABLE auth."user"
  ADD CONSTRAINT user_platform_role_check CHECK (platform_role IN ('support', 'billing_ops', 'super_admin'));

-- What happened is never rewritten: facts of usage, audit and history only grow.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['audit_log', 'usage_events', 'gauge_changes', 'flag_history'] LOOP
    EXECUTE format('CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE TRIGGER append_only_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
  END LOOP;
  -- Row triggers of a partitioned table reach its partitions, statement triggers do not.
  FOR part IN 0..7 LOOP
    EXECUTE format('CREATE TRIGGER append_only_table BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', 'usage_events_p' || part);
  END LOOP;
END $$;

CREATE FUNCTION keep_published_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'draft' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' OR NEW.status = 'draft'
     OR (NEW.family, NEW.plan, NEW.version, NEW.content, NEW.content_hash, NEW.published_at)
        IS DISTINCT FROM (OLD.family, OLD.plan, OLD.version, OLD.content, OLD.content_hash, OLD.published_at) THEN
    RAISE EXCEPTION 'plan version %/%/% is published and never changes', OLD.family, OLD.plan, OLD.version
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_published_plan BEFORE UPDATE OR DELETE ON plan_versions
  FOR EACH ROW EXECUTE FUNCTION keep_published_plan();

-- Once its invoice is final a line keeps its money; only our own explanation of it may be filled in later.
CREATE FUNCTION keep_final_invoice_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE invoice_status text;
BEGIN
  SELECT status INTO invoice_status FROM invoices
    WHERE organization_id = OLD.organization_id AND id = OLD.invoice_id;
  IF invoice_status IS NULL OR invoice_status = 'draft' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE'
     OR (to_jsonb(NEW) - ARRAY['explanation', 'price_key', 'meter', 'client_id'])
        IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['explanation', 'price_key', 'meter', 'client_id']) THEN
    RAISE EXCEPTION 'line % belongs to an invoice that is %: % refused', OLD.id, invoice_status, TG_OP
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_final_invoice_line BEFORE UPDATE OR DELETE ON invoice_lines
  FOR EACH ROW EXECUTE FUNCTION keep_final_invoice_line();
