import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let boss: { userId: string; cookie: string };
let ops: { userId: string; cookie: string };

beforeAll(async () => {
  billing = await startTestBilling();
  boss = await billing.signUp('boss@example.test', 'super_admin');
  ops = await billing.signUp('ops@example.test', 'billing_ops');
}, 120_000);
afterAll(() => billing.stop());

const check = async (cookie = ops.cookie) =>
  (await billing.trpc({ path: 'admin.doctor.check', type: 'query', cookie })).json.result.data;
const repair = (key: string, cookie = boss.cookie) => {
  const input = { key, reason: 'Found by the doctor.' };
  return billing.trpc({ path: 'admin.doctor.repair', type: 'mutation', input, cookie });
};

/** A paid subscription whose stored invoice says another subtotal than its lines. */
async function breakInvoice(slug: string) {
  const organizationId = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [organizationId]);
  const { key } = await billing.addApiKey(['billing:write']);
  await billing.rest({
    method: 'POST',
    path: `/v1/organizations/${slug}/billing/subscriptions`,
    key,
    body: { family: 'voice-ops', plan: 'pro', paymentMethod: 'pm_card_visa' },
  });
  await billing.settle();
  await billing.db.owner.query(
    'update invoices set subtotal_minor = subtotal_minor + 1 where organization_id = $1',
    [organizationId],
  );
}

describe('the doctor', () => {
  it('finds what broke a rule first, mends it by one press, and says so in the audit log', async () => {
    expect((await check()).rules.every(({ violations }: { violations: number }) => violations === 0)).toBe(
      true,
    );
    await breakInvoice('broken');
    const [first] = (await check()).rules;
    expect(first).toMatchObject({ key: 'invoices_add_up', violations: 1 });
    const answer = await repair('invoices_add_up');
    expect(answer.json.result.data).toMatchObject({ tried: 1, failed: 0 });
    expect(answer.json.result.data.doctor.rules[0].violations).toBe(0);
    const { rows } = await billing.db.owner.query(
      `select target_id as rule, reason from audit_log where action = 'doctor.repaired'`,
    );
    expect(rows).toEqual([{ rule: 'invoices_add_up', reason: 'Found by the doctor.' }]);
  }, 60_000);

  it('counts what it could not mend and leaves it as it was', async () => {
    await breakInvoice('stuck');
    await billing.emulator('POST', '/faults', { api: [{ kind: 'error_500' }] });
    expect((await repair('invoices_add_up')).json.result.data).toMatchObject({ tried: 1, failed: 1 });
    await billing.emulator('DELETE', '/faults');
    expect((await check()).rules[0]).toMatchObject({ key: 'invoices_add_up', violations: 1 });
  }, 60_000);

  it('has no repair for what only a person can decide, and repairs for super admins alone', async () => {
    expect((await repair('every_organization_owned')).json.error.data.code).toBe('REPAIR_UNKNOWN');
    expect((await repair('toString')).json.error.data.code).toBe('REPAIR_UNKNOWN');
    expect((await repair('invoices_add_up', ops.cookie)).status).toBe(403);
  });

  it('and Health say the figures that SQL counts', async () => {
    await breakInvoice('counted');
    const owner = billing.db.owner;
    await owner.query(`
      insert into inbound_events (id, external_id, type, livemode, stripe_created_at, payload, payload_hash,
                                  next_attempt_at, received_at, status, processed_at, effect, conflicts, conflicted_at)
      select gen_random_uuid(), 'evt_' || n, 'x', false, now(), '{}', decode(repeat('00', 32), 'hex'), now() + interval '1 day',
             now() - make_interval(mins => n), (array['dead', 'failed', 'parked', 'ignored', 'processed'])[1 + n % 5],
             case when n % 5 = 4 then now() end, case when n % 5 = 3 then '{"ignored": "other_mode"}'::jsonb end,
             case when n = 4 then 2 else 0 end, case when n = 4 then now() end
      from generate_series(1, 23) n;
      insert into outbox (organization_id, id, kind, payload, idempotency_key, status, next_attempt_at)
      select o.id, gen_random_uuid(), 'x', '{}', 'k' || n, (array['dead', 'failed', 'done'])[1 + n % 3], now() + interval '1 day'
      from generate_series(1, 8) n, (select id from organizations limit 1) o;
      insert into drift_findings (organization_id, id, object, kind, fields, status, source, found_at, last_found_at, settled_at)
      select o.id, gen_random_uuid(), 'x', 'money', '[]', case when n < 4 then 'open' else 'gone' end, 'sweep', now(), now(),
             case when n >= 4 then now() end
      from generate_series(1, 5) n, (select id from organizations limit 1) o;
      insert into usage_reports (organization_id, id, meter, bucket_start, bucket_end, quantity, identifier, status, refusal, refused_at)
      select o.id, gen_random_uuid(), 'x', now(), now() + interval '1 hour', 1, 'r' || n,
             case n when 1 then 'refused' else 'replaced' end, 'no_meter', now()
      from generate_series(1, 3) n, (select id from organizations limit 1) o;
      insert into usage_events (organization_id, id, payload_hash, kind, adjusts_event_id, meter, quantity, occurred_at,
                                recorded_at, subject, source)
      select o.id, 'doctor-' || n, sha256('x'), kind, adjusts, meter, quantity, now() - ago::interval, now(), subject, 'api'
      from (values (1, 'usage', null, 'call', 1, '36 hours', 'with minutes'),
                   (2, 'usage', null, 'minute', 4, '37 hours', 'with minutes'),
                   (3, 'usage', null, 'call', 1, '36 hours', 'alone'),
                   (4, 'usage', null, 'call', 1, '35 hours', 'alone'),
                   (5, 'usage', null, 'call', 1, '36 hours', 'taken back'),
                   (6, 'void', 'doctor-5', 'call', -1, '36 hours', 'taken back'),
                   (7, 'usage', null, 'call', 1, '23 hours', 'still young'),
                   (8, 'usage', null, 'call', 1, '49 hours', 'long ago'),
                   (9, 'usage', null, 'call', 1, '36 hours', 'of another'),
                   (10, 'usage', null, 'call', 1, '36 hours', null))
             as told (n, kind, adjusts, meter, quantity, ago, subject), (select id from organizations limit 1) o;
      insert into usage_events (organization_id, id, payload_hash, kind, meter, quantity, occurred_at, recorded_at,
                                subject, source)
      select id, 'doctor', sha256('x'), 'usage', 'minute', 1, now() - interval '36 hours', now(), 'of another', 'api'
      from organizations where id <> (select id from organizations limit 1);
      insert into schedule_runs (name, due_at, status, result)
      select 'sample', now() - make_interval(hours => n), 'failed', '{}' from generate_series(1, 3) n;
      update subscriptions set current_period_start = now() - interval '40 days', current_period_end = now() - interval '3 hours',
             plan_version = 99 where stripe_subscription_id = (select max(stripe_subscription_id) from subscriptions)`);
    const count = async (where: string) =>
      Number((await owner.query(`select count(*) as count from ${where}`)).rows[0].count);
    const violations = Object.fromEntries(
      (await check()).rules.map(({ key, violations: found }: { key: string; violations: number }) => [
        key,
        found,
      ]),
    );
    const waiting = `inbound_events where status in ('received', 'processing', 'failed')`;
    expect(violations).toEqual({
      no_dead_events: await count(`inbound_events where status = 'dead'`),
      events_in_time: await count(`${waiting} and received_at < now() - interval '5 minutes'`),
      no_dead_messages: await count(`outbox where status = 'dead'`),
      no_open_drift: 3,
      no_refused_usage: 1,
      periods_move_on: 1,
      invoices_add_up: await count(
        `invoices i join (select invoice_id, sum(amount_minor) as total from invoice_lines group by 1) l
           on l.invoice_id = i.id where i.status <> 'draft' and l.total <> i.subtotal_minor`,
      ),
      every_organization_owned: 0,
      usage_relayed: await count('usage_relay'),
      plans_known: 1,
      // Two calls of one subject, and one whose minutes another organization has.
      calls_have_minutes: 2,
      senders_agree: 0,
    });
    expect(violations.no_dead_events).toBeGreaterThan(3);
    expect(violations.invoices_add_up).toBeGreaterThan(0);
    const health = (await billing.trpc({ path: 'admin.health.tiles', type: 'query', cookie: ops.cookie }))
      .json;
    const tiles = Object.fromEntries(
      health.result.data.tiles.map((tile: { key: string; value: string }) => [tile.key, tile]),
    );
    const open = `outbox where status in ('pending', 'sending', 'failed')`;
    const missed = `schedule_runs where status = 'failed' and due_at > now() - interval '1 day'`;
    expect(tiles).toMatchObject({
      inbound_queue: { value: String(await count(waiting)), state: 'failing' },
      inbound_dead: { value: String(violations.no_dead_events), state: 'failing' },
      inbound_foreign: {
        value: String((await count(`inbound_events where effect ->> 'ignored' = 'other_mode'`)) + 1),
        state: 'warning',
      },
      outbox: {
        value: String(await count(open)),
        detail: `${violations.no_dead_messages} dead.`,
        state: 'failing',
      },
      drift: { value: '3', state: 'failing' },
      schedules: { detail: `${await count(missed)} failed in the last 24 hours.`, state: 'warning' },
    });
  }, 60_000);
});
