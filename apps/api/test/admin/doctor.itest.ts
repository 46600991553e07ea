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
});
