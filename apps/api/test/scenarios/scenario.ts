import process from 'node:process';
import { asId, type OrganizationId } from '@metergate/core';
import type { ProductFamily } from '@metergate/core/catalog/product-family';
import type { PurchaseDeps } from '@metergate/core/payments/purchase/purchase.ports';
import { purchaseDeps } from '../../src/billing/purchase-deps.ts';
import type { HttpAnswer } from '../start-test-api.ts';
import { startTestBilling, type TestBilling } from '../start-test-billing.ts';
import { checkBooks } from './check-books.ts';
import { amount, datedTold, type ListedInvoice, type ListedLine, lineTold, told } from './invoice-told.ts';

const scopes = [
  'organizations:read',
  'organizations:write',
  'billing:read',
  'billing:write',
  'usage:read',
  'usage:write',
  'usage:backfill',
  'usage:correct',
  'limits:check',
  'limits:consume',
  'entitlements:read',
] as const;

interface SubscribeWish {
  family: string;
  plan: string;
  interval?: 'month' | 'year';
  quantity?: string;
  paymentMethod?: string | null;
  trialDays?: number;
  promotionCode?: string;
}

/**
 * A dated story through public HTTP operations alone, told by the back end of a platform with its key. The emulated
 * Stripe stands still between the steps; our own clock goes on by the moments that a step takes.
 */
export class Scenario {
  readonly #billing: TestBilling;
  readonly #key: string;
  /** The platform's own id of the organization the story is about. */
  readonly organization: string;
  #now: string;
  #staff: ReturnType<TestBilling['signUp']> | undefined;
  #owner: Promise<string> | undefined;

  private constructor(told: { billing: TestBilling; key: string; organization: string; now: string }) {
    this.#billing = told.billing;
    this.#key = told.key;
    this.organization = told.organization;
    this.#now = told.now;
  }

  /** Opens at an instant with an organization that has nothing yet; with the catalogue that ships, or another. */
  static async open(
    title: string,
    story: { at: string; currency?: string; families?: readonly ProductFamily[] },
  ): Promise<Scenario> {
    const billing = await startTestBilling({ TEST_SEAMS: '1' }, story.families);
    const organization = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
    const { key } = await billing.addApiKey([...scopes]);
    const scenario = new Scenario({ billing, key, organization, now: story.at });
    await billing.emulator('POST', '/clock', { now: story.at, frozen: true });
    await scenario.at(story.at, title);
    const { currency = 'USD' } = story;
    const body = { name: title, externalId: organization, email: 'billing@example.test', currency };
    const made = await scenario.call('POST', '/v1/organizations', body);
    if (made.status !== 201) throw new Error(`no organization: ${made.text}`);
    return scenario;
  }

  /** Goes to an instant; everything that falls due on the way happens, and every job has run when it resolves. */
  async at(instant: string, what: string): Promise<void> {
    this.#now = instant;
    await this.#seam('/test/clock', { now: instant });
    await this.settle();
    this.tell(what);
  }

  /** Webhooks are delivered and jobs have nothing left to do. */
  async settle(): Promise<void> {
    await this.#billing.settle();
    await this.#seam('/test/drain', {});
  }

  tell(what: string): void {
    process.stdout.write(`${this.#now.slice(0, 16).replace('T', ' ')}  ${what}\n`);
  }

  /** A call of the REST interface as the platform makes it. */
  call(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return this.#billing.rest({ method, path, key: this.#key, ...(body === undefined ? {} : { body }) });
  }

  /** Below `/v1/organizations/<organization>/`. */
  own(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return this.call(method, `/v1/organizations/${this.organization}/${path}`, body);
  }

  /** With a good card unless the wish says otherwise; `paymentMethod: null` = with none. */
  async subscribe({ paymentMethod = 'pm_card_visa', ...wish }: SubscribeWish) {
    const card = paymentMethod === null ? {} : { paymentMethod };
    const bought = await this.own('POST', 'billing/subscriptions', { ...card, ...wish });
    if (bought.status !== 201) throw new Error(`not bought: ${bought.text}`);
    await this.settle();
    const { planName, recurring, interval } = bought.json;
    this.tell(`  buys ${planName}: ${amount(recurring.amountMinor, recurring.currency)} a ${interval}`);
    return bought.json;
  }

  /** Quotes a change and accepts it; answers the quote. */
  async change(wish: {
    family: string;
    plan?: string;
    quantity?: string;
    at?: 'now' | 'period_end';
    interval?: 'month' | 'year';
  }) {
    const quote = await this.own('POST', 'billing/quotes', wish);
    if (quote.status !== 201) throw new Error(`no quote: ${quote.text}`);
    const accepted = await this.own('POST', `billing/quotes/${quote.json.id}/accept`);
    if (accepted.status !== 200) throw new Error(`not accepted: ${accepted.text}`);
    await this.settle();
    const due = amount(quote.json.dueNowMinor, quote.json.currency);
    const { planName, quantity, interval } = quote.json;
    this.tell(`  changes to ${planName} × ${quantity ?? '1'} by the ${interval}: ${due} now`);
    return quote.json;
  }

  /** Pauses the only subscription and answers it. */
  async pause() {
    return this.#act('pause', 'pauses');
  }

  /** Goes on after a pause, or takes back a cancellation. */
  async resume() {
    return this.#act('resume', 'resumes');
  }

  async #act(action: string, words: string) {
    const { id } = await this.subscription();
    const answer = await this.own('POST', `billing/subscriptions/${id}/${action}`, {});
    if (answer.status !== 200) throw new Error(`${action} refused: ${answer.text}`);
    await this.settle();
    this.tell(`  ${words}`);
    return answer.json;
  }

  async useCard(paymentMethod: string): Promise<void> {
    const added = await this.own('POST', 'billing/payment-methods', { paymentMethod });
    if (added.status !== 201) throw new Error(`card not added: ${added.text}`);
    await this.settle();
    this.tell(`  pays with ${paymentMethod} from now on`);
  }

  /** Reports one event that happened now, or earlier. */
  async use(meter: string, quantity: string, occurredAt: string = this.#now): Promise<void> {
    const id = usageId(meter, quantity, occurredAt);
    const event = { id, organization: this.organization, meter, quantity, occurredAt };
    const answer = await this.call('POST', '/v1/usage-events', { events: [event] });
    if (answer.json.accepted !== 1) throw new Error(`usage refused: ${answer.text}`);
    this.tell(`  uses ${quantity} ${meter}`);
  }

  /** Takes back an event that `use` reported. */
  async voidUsage(meter: string, quantity: string, occurredAt: string): Promise<void> {
    const path = `/v1/usage-events/${encodeURIComponent(usageId(meter, quantity, occurredAt))}/void`;
    const body = { organization: this.organization, reason: 'counted by mistake' };
    const answer = await this.call('POST', path, body);
    if (answer.status >= 300) throw new Error(`not voided: ${answer.text}`);
    this.tell(`  takes ${quantity} ${meter} back`);
  }

  /** Takes a quantity of a feature; the answer of the limit. */
  async take(feature: string, quantity: string, id?: string) {
    const body = { organization: this.organization, feature, quantity, ...(id === undefined ? {} : { id }) };
    return (await this.call('POST', '/v1/limits/consume', body)).json;
  }

  async check(feature: string, quantity = '1') {
    const body = { organization: this.organization, feature, quantity };
    return (await this.call('POST', '/v1/limits/check', body)).json;
  }

  async subscription() {
    const { json } = await this.own('GET', 'billing/subscriptions?includeEnded=true');
    return json.items[0];
  }

  /** `2027-05-01 paid 270.50`, oldest first, by the day Stripe made it. */
  async invoices(): Promise<string[]> {
    const lines = (await this.#listInvoices()).map(datedTold).toSorted();
    for (const line of lines) this.tell(`  invoice ${line}`);
    return lines;
  }

  async invoiceIds(): Promise<string[]> {
    return (await this.#listInvoices()).map(({ id }) => id);
  }

  /** `paid 270.50` of every invoice that is not among the known ones. */
  async invoicesExcept(known: ReadonlySet<string>): Promise<string[]> {
    const made = (await this.#listInvoices()).filter(({ id }) => !known.has(id));
    for (const line of made.map(datedTold).toSorted()) this.tell(`  invoice ${line}`);
    return made.map(told).toSorted();
  }

  async #listInvoices(): Promise<ListedInvoice[]> {
    return (await this.own('GET', 'billing/invoices?limit=100')).json.items;
  }

  /** `description: amount` of the lines of the newest invoice with this status. */
  async linesOfNewest(status: string): Promise<Record<string, string>> {
    const { json } = await this.own('GET', `billing/invoices?status=${status}&limit=1`);
    const lines = (await this.#invoice(json.items[0].id)).map(lineTold);
    for (const [description, price] of lines) this.tell(`    line ${price}  ${description}`);
    return Object.fromEntries(lines);
  }

  /** By meter (`base` for what has none), of the invoice that `invoices` tells like this: amount and formula. */
  async linesOf(invoice: string): Promise<Record<string, { price: string; formula: string[] }>> {
    const { id } = (await this.#listInvoices()).find((one) => datedTold(one) === invoice) ?? { id: 'none' };
    const lines: Record<string, { price: string; formula: string[] }> = {};
    for (const line of await this.#invoice(id)) {
      const path = `billing/invoices/${id}/lines/${line.id}/explain`;
      const { formula } = (await this.own('GET', path)).json;
      const [description, price] = lineTold(line);
      lines[line.meter ?? 'base'] = { price, formula };
      this.tell(`    line ${price}  ${description}: ${formula.join(' ')}`);
    }
    return lines;
  }

  async #invoice(id: string): Promise<ListedLine[]> {
    return (await this.own('GET', `billing/invoices/${id}`)).json.lines;
  }

  /** The first line of the newest invoice whose description matches, taken apart. */
  async explainNewest(description: RegExp) {
    for (const invoice of await this.invoiceIds()) {
      const { lines } = (await this.own('GET', `billing/invoices/${invoice}`)).json;
      const line = lines.find((one: { description: string }) => description.test(one.description));
      if (line === undefined) continue;
      return (await this.own('GET', `billing/invoices/${invoice}/lines/${line.id}/explain`)).json;
    }
    return null;
  }

  /** What a member of staff does in the admin console; the path is below `admin.`. */
  async staff(path: string, input: Readonly<Record<string, unknown>>): Promise<HttpAnswer> {
    const answer = await this.#asStaff('mutation', path, input);
    await this.settle();
    this.tell(`  staff: ${path}`);
    return answer;
  }

  /** The same for what is refused: nothing follows from it, so nothing is waited for. */
  staffTries(path: string, input: Readonly<Record<string, unknown>>): Promise<HttpAnswer> {
    return this.#asStaff('mutation', path, input);
  }

  /** What a member of staff sees in the admin console. */
  async staffSees(path: string) {
    return (await this.#asStaff('query', path, {})).json.result.data;
  }

  async #asStaff(type: 'query' | 'mutation', path: string, input: Readonly<Record<string, unknown>>) {
    this.#staff ??= this.#billing.signUp('ops@example.test', 'billing_ops');
    const { cookie } = await this.#staff;
    const named = { organization: this.organization, ...input };
    return this.#billing.trpc({ path: `admin.${path}`, type, input: named, cookie });
  }

  /** What an owner of the organization does in the console; answers without waiting for jobs. */
  async asOwner(path: string, input: Readonly<Record<string, unknown>> = {}): Promise<HttpAnswer> {
    this.#owner ??= this.#addOwner();
    const cookie = await this.#owner;
    const call = { path, type: 'mutation' as const, input: { organization: this.organization, ...input } };
    this.tell(`  owner: ${path}`);
    return this.#billing.trpc({ ...call, cookie });
  }

  /** Does what a worker does for the organization, beside the jobs that run anyway. */
  async asWorker<T>(
    work: (deps: PurchaseDeps, request: { organizationId: OrganizationId }) => Promise<T>,
  ): Promise<T> {
    const { rows } = await this.#billing.db.owner.query(
      'select id from organizations where external_id = $1',
      [this.organization],
    );
    const organizationId = asId('organization', rows[0].id);
    return work(purchaseDeps(this.#billing.container), { organizationId });
  }

  /** While it is on, Stripe answers nothing. */
  async outage(isOn: boolean): Promise<void> {
    if (!isOn) await this.#billing.emulator('DELETE', '/faults');
    else {
      const fault = { kind: 'outage', when: 'before', probability: 1 };
      await this.#billing.emulator('POST', '/faults', { api: [fault] });
    }
    this.tell(isOn ? '  Stripe is away' : '  Stripe is back');
  }

  /** Forgets what is kept in memory, as the database's notice does a moment later. */
  heard(): void {
    this.#billing.container.metering.entitlements.forgetAll();
  }

  /** What the console tells an owner has to be known. */
  async notices(): Promise<string[]> {
    this.#owner ??= this.#addOwner();
    const cookie = await this.#owner;
    const input = { organization: this.organization };
    const call = { path: 'invoices.notices', type: 'query' as const, input, cookie };
    const { json } = await this.#billing.trpc(call);
    return json.result.data.map(({ kind }: { kind: string }) => kind);
  }

  async stripeSubscriptionId(): Promise<string> {
    const { rows } = await this.#billing.db.owner.query(
      'select stripe_subscription_id as id from subscriptions order by created_at desc limit 1',
    );
    return rows[0].id;
  }

  async #addOwner(): Promise<string> {
    const { userId, cookie } = await this.#billing.signUp('owner@example.test');
    await this.#billing.db.owner.query(
      `insert into members (organization_id, user_id, role) select id, $2, 'owner' from organizations where external_id = $1`,
      [this.organization, userId],
    );
    return cookie;
  }

  /** What somebody does directly at Stripe; the path is below `/v1/`. */
  async atStripe(path: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const answer = await fetch(`${this.#billing.emulatorUrl}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_emulator' },
      body: new URLSearchParams(fields),
    });
    if (!answer.ok) throw new Error(`Stripe refused ${path}: ${await answer.text()}`);
  }

  /** Templates of the mails so far, oldest first. */
  async mails(): Promise<string[]> {
    const { rows } = await this.#billing.db.owner.query(
      `select template from emails order by created_at, id`,
    );
    return rows.map(({ template }) => template);
  }

  /** Rows of the audit log about one kind of action, oldest first. */
  async audit(action: string) {
    const { rows } = await this.#billing.db.owner.query(
      'select actor, before, after from audit_log where action = $1 order by sequence',
      [action],
    );
    return rows;
  }

  /** Ends the story; fails when its books do not add up. */
  async close(): Promise<void> {
    try {
      await checkBooks(this.#billing.db.owner, this.#billing.emulatorUrl);
    } finally {
      await this.#billing.stop();
    }
  }

  async #seam(path: string, body: unknown): Promise<void> {
    const answer = await this.#billing.rest({ method: 'POST', path, body });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  }
}

function usageId(meter: string, quantity: string, occurredAt: string): string {
  return `${meter}-${occurredAt}-${quantity}`;
}
