import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';

let billing: TestBilling;
let key: string;
let staff: { userId: string; cookie: string };
let support: { userId: string; cookie: string };

beforeAll(async () => {
  billing = await startTestBilling();
  key = (await billing.addApiKey(['billing:read', 'billing:write'])).key;
  staff = await billing.signUp('ops@example.test', 'billing_ops');
  support = await billing.signUp('support@example.test', 'support');
}, 120_000);
afterEach(() => billing.emulator('DELETE', '/faults'));
afterAll(() => billing.stop());

function rest(method: string, path: string, body?: unknown) {
  const url = `/v1/organizations/${path}`;
  return billing.rest({ method, path: url, key, ...(body === undefined ? {} : { body }) });
}

/** A paid invoice of 99.00 with one line. */
async function invoiceOf(slug: string) {
  const organizationId = await billing.addOrganization(slug);
  await billing.db.owner.query(`update organizations set currency = 'USD' where id = $1`, [organizationId]);
  const plan = { family: 'agent-leads', plan: 'growth', paymentMethod: 'pm_card_visa' };
  expect((await rest('POST', `${slug}/billing/subscriptions`, plan)).status).toBe(201);
  await billing.settle();
  const [{ id }] = (await rest('GET', `${slug}/billing/invoices`)).json.items;
  const path = `${slug}/billing/invoices/${id}`;
  const [line] = (await rest('GET', path)).json.lines;
  return { organizationId, path, dispute: `${path}/lines/${line.id}/disputes` };
}

const decide = (verb: 'credit' | 'refuse', input: unknown, cookie = staff.cookie) =>
  billing.trpc({ path: `admin.cases.${verb}`, type: 'mutation', input, cookie });

async function notesOf(organizationId: string) {
  const { rows } = await billing.db.owner.query(
    'select amount_minor::text as amount, status from credit_notes where organization_id = $1',
    [organizationId],
  );
  return rows;
}

const reason = 'We did not use this.';

describe('a questioned line', () => {
  it('has one case, however often and however parallel it is questioned', async () => {
    const { organizationId, dispute, path } = await invoiceOf('one-case');
    const answers = await Promise.all([1, 2, 3].map(() => rest('POST', dispute, { reason })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    const kinds = (await rest('GET', path)).json.timeline.map(({ kind }: { kind: string }) => kind);
    expect(kinds.filter((kind: string) => kind === 'line_questioned')).toHaveLength(1);
    const { rows } = await billing.db.owner.query(
      `select reason from audit_log where organization_id = $1 and action = 'invoice_line.questioned'`,
      [organizationId],
    );
    expect(rows).toEqual([{ reason }]);
  }, 60_000);

  it('is credited once although the answer of Stripe was lost and the amount was asked for differently', async () => {
    const { organizationId, dispute, path } = await invoiceOf('credited');
    const { id } = (await rest('POST', dispute, { reason })).json;
    const fault = { route: 'POST /v1/credit_notes', kind: 'drop', when: 'after' };
    await billing.emulator('POST', '/faults', { api: [fault] });
    const lost = await decide('credit', { id, amountMinor: '2500', reason: 'Agreed on the phone.' });
    expect(lost.status).toBe(503);
    await billing.emulator('DELETE', '/faults');
    await new Promise((resolve) => setTimeout(resolve, 5_200));
    const done = await decide('credit', { id, amountMinor: '9900', reason: 'Agreed.' });
    expect(done.json.result.data).toMatchObject({ status: 'credited', creditedMinor: '2500' });
    await billing.settle();
    expect(await notesOf(organizationId)).toEqual([{ amount: '2500', status: 'issued' }]);
    expect((await rest('GET', path)).json).toMatchObject({ creditedMinor: '2500' });
    expect((await decide('refuse', { id, reason: 'No after all.' })).json.error.data.code).toBe(
      'CASE_CLOSED',
    );
  }, 60_000);

  it('stands after a refusal, whose reason the organization reads', async () => {
    const { organizationId, dispute, path } = await invoiceOf('refused');
    const { id } = (await rest('POST', dispute, { reason })).json;
    expect((await decide('refuse', { id, reason: 'The plan was in use.' }, support.cookie)).status).toBe(403);
    expect((await decide('refuse', { id, reason: 'The plan was in use.' })).json.result.data.status).toBe(
      'refused',
    );
    const credited = await decide('credit', { id, reason: 'Now I want to.' });
    expect(credited.json.error.data.code).toBe('CASE_CLOSED');
    expect(await notesOf(organizationId)).toEqual([]);
    expect((await rest('POST', dispute, { reason })).json).toMatchObject({
      status: 'refused',
      resolution: 'The plan was in use.',
    });
    const texts = (await rest('GET', path)).json.timeline.map(({ text }: { text: string }) => text);
    expect(texts).toContain('The questioned line stands: The plan was in use.');
    const list = await billing.trpc({
      path: 'admin.cases.list',
      type: 'query',
      input: { status: 'refused' },
      cookie: support.cookie,
    });
    expect(list.json.result.data.items).toMatchObject([
      { id, organization: { slug: 'refused' }, lineAmountMinor: '9900', currency: 'USD' },
    ]);
  }, 60_000);

  it('is read with its answer by the organization alone', async () => {
    const { organizationId, dispute, path } = await invoiceOf('reading');
    const { id } = (await rest('POST', dispute, { reason })).json;
    const owner = await billing.signUp('reader@example.test');
    const add = 'insert into members (organization_id, user_id, role) values ($1, $2, $3)';
    await billing.db.owner.query(add, [organizationId, owner.userId, 'owner']);
    const invoiceId = path.split('/').at(-1);
    const casesOf = (organization: string) =>
      billing.trpc({
        path: 'invoices.cases',
        type: 'query',
        input: { organization, invoiceId },
        cookie: owner.cookie,
      });
    expect((await casesOf('reading')).json.result.data).toMatchObject([{ id, status: 'open', reason }]);
    await decide('refuse', { id, reason: 'The plan was in use.' });
    expect((await casesOf('reading')).json.result.data).toMatchObject([
      { status: 'refused', resolution: 'The plan was in use.' },
    ]);
    await billing.addOrganization('elsewhere', { [owner.userId]: 'owner' });
    expect((await casesOf('elsewhere')).json.result.data).toEqual([]);
  }, 60_000);

  it('gives back at most what it charges', async () => {
    const { dispute } = await invoiceOf('too-much');
    const { id } = (await rest('POST', dispute, { reason })).json;
    const answer = await decide('credit', { id, amountMinor: '9901', reason: 'A cent too much.' });
    expect(answer.json.error.data.code).toBe('CREDIT_TOO_HIGH');
  }, 60_000);
});
