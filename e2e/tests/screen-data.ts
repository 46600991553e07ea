import { type APIRequestContext, expect, type PlaywrightWorkerArgs } from '@playwright/test';
import { mutate, post, query, signUp } from './calls.ts';
import { emulatorPort, publicUrl } from './instance.ts';
import { makeStaff, password } from './people.ts';

const emulator = `http://127.0.0.1:${emulatorPort}/_emu`;
/** Playwright starts a new process after a failed test, which makes its data anew under other names. */
const run = Date.now().toString(36);
const flag = `new-graphs-${run}`;
export const people = {
  owner: `olga.${run}@screens.test`,
  member: `milo.${run}@screens.test`,
  staff: `stella.${run}@screens.test`,
  newcomer: `nina.${run}@screens.test`,
};

/** What would run, turn the line around or push the page aside if any screen took a name for more than text. */
const hostile = `<img src=x onerror="document.title='run'"> \u202Egnp.exe\u202C 🦄🦄 ${'W'.repeat(120)}`;

export interface ScreenData {
  /** Two plans, seats, clients, usage and a card. */
  slug: string;
  /** Nothing bought, nothing counted. */
  emptySlug: string;
  invoiceId: string;
  /** Of that invoice; questioned. */
  lineId: string;
  caseId: string;
  subscriptionId: string;
  inboundEventId: string;
  /** One that nobody answers, so that its deliveries wait. */
  webhookId: string;
  flag: string;
}

/** Everything the screens show, made through the public interfaces alone. */
export async function makeScreenData(playwright: PlaywrightWorkerArgs['playwright']): Promise<ScreenData> {
  const open = () =>
    playwright.request.newContext({ baseURL: publicUrl, extraHTTPHeaders: { origin: publicUrl } });
  const [owner, member, staff, newcomer] = await Promise.all([open(), open(), open(), open()]);
  await signUp(owner, 'Olga Owner', people.owner);
  await signUp(member, 'Milo Member', people.member);
  await signUp(newcomer, 'Nina Newcomer', people.newcomer);
  await makeStaff(people.staff);
  await post(staff, '/api/auth/sign-in/email', { email: people.staff, password });

  const region = { currency: 'USD', timeZone: 'Europe/Berlin' };
  const { slug, id } = await mutate(owner, 'organizations.create', { name: 'Lighthouse Studio', ...region });
  const empty = await mutate(newcomer, 'organizations.create', { name: 'Blank Slate', ...region });
  const plan = { organization: slug, interval: 'month', paymentMethod: 'pm_card_visa' };
  const seats = { family: 'agent-studio', plan: 'pro', quantity: '5' };
  const bought = await mutate(owner, 'subscriptions.create', { ...plan, ...seats });
  await mutate(owner, 'subscriptions.create', { ...plan, family: 'voice-ops', plan: 'pro' });
  await addUsage(owner, slug, id);
  await join(member, { owner, staff, slug });
  await mutate(owner, 'members.invite', { organization: slug, email: 'later@screens.test', role: 'admin' });
  await addFlag(staff, slug);
  const hook = { url: 'https://hooks.screens.test/metergate', description: 'Production back end' };
  const { endpoint } = await mutate(owner, 'webhooks.create', { organization: slug, ...hook });
  await mutate(owner, 'webhooks.test', { organization: slug, endpointId: endpoint.id });
  await mutate(staff, 'admin.webhooks.create', { url: hook.url });
  await post(owner, '/test/drain', {});
  const invoices = await query(owner, 'invoices.list', { organization: slug });
  const { lineId, caseId } = await questionLine(owner, slug, invoices.items[0].id);
  const events = await query(staff, 'admin.events.list', {});
  await Promise.all([owner, member, staff, newcomer].map((context) => context.dispose()));
  return {
    slug,
    emptySlug: empty.slug,
    invoiceId: invoices.items[0].id,
    lineId,
    caseId,
    subscriptionId: bought.id,
    inboundEventId: events.items[0].id,
    webhookId: endpoint.id,
    flag,
  };
}

async function questionLine(owner: APIRequestContext, organization: string, invoiceId: string) {
  const { lines } = await query(owner, 'invoices.get', { organization, invoiceId });
  const lineId: string = lines[0].id;
  const reason = 'We bought three seats, not five.';
  const question = { organization, invoiceId, lineId, reason };
  const { id } = await mutate(owner, 'invoices.dispute', question);
  return { lineId, caseId: String(id) };
}

async function addUsage(owner: APIRequestContext, slug: string, organization: string) {
  const clients = [
    'Harbor Dental',
    'Cedar Books',
    'A client with a name that is rather long for a table',
    hostile,
  ];
  const ids: string[] = [];
  for (const name of clients)
    ids.push((await mutate(owner, 'clients.create', { organization: slug, name })).id);
  const { key } = await mutate(owner, 'apiKeys.create', {
    organization: slug,
    name: 'Back end',
    scopes: ['usage:write', 'usage:read', 'usage:backfill', 'limits:consume'],
  });
  const now = Date.now();
  const events = [
    { meter: 'execution', quantity: '81500' },
    { meter: 'call', quantity: '470' },
    { meter: 'minute', quantity: '900' },
    { meter: 'minute', quantity: '120', client: ids[0] },
    { meter: 'call', quantity: '12', client: ids[2] },
    { meter: 'no_such_meter', quantity: '1' },
    { meter: 'call', quantity: '3', client: ids[3], subject: hostile, properties: { [hostile]: hostile } },
    { meter: hostile, quantity: '1', subject: hostile, properties: { note: 'W'.repeat(10_000) } },
  ].map((event, index) => ({
    ...event,
    id: `screen-${index}`,
    organization,
    occurredAt: new Date(now - index * 1000).toISOString(),
  }));
  const headers = { authorization: `Bearer ${key}` };
  const counted = await owner.post('/v1/usage-events', { headers, data: { events } });
  expect(await counted.json()).toMatchObject({ accepted: 6, rejected: 2 });
  const levels = `/v1/organizations/${organization}/gauges/agents`;
  for (const [days, value] of [
    [9, 3],
    [4, 7],
    [0, 5],
  ] as const) {
    const occurredAt = new Date(now - days * 86_400_000).toISOString();
    expect((await owner.put(levels, { headers, data: { value, occurredAt } })).status()).toBe(200);
  }
  const span = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now).toISOString() };
  const figures = { organization, meter: 'call', ...span, count: 9, total: '500' };
  expect((await owner.post('/v1/usage-checks', { headers, data: figures })).status()).toBe(200);
  const filled = { id: 'screen-filled', meter: 'call', quantity: '2', occurredAt: '2026-01-10T10:00:00Z' };
  const backfill = { organization, id: hostile, reason: hostile, events: [filled] };
  expect((await owner.post('/v1/usage-backfills', { headers, data: backfill })).status()).toBe(200);
  const data = { organization, feature: 'execution', quantity: '1', id: 'screen-decision' };
  expect((await owner.post('/v1/limits/consume', { headers, data })).status()).toBe(200);
}

/** Takes the invitation from the e-mail, as the invited person does. */
async function join(
  member: APIRequestContext,
  { owner, staff, slug }: { owner: APIRequestContext; staff: APIRequestContext; slug: string },
) {
  await mutate(owner, 'members.invite', { organization: slug, email: people.member, role: 'member' });
  const emails = await query(staff, 'admin.events.emails', {});
  const invitation = emails.items.find(({ to }: { to: string }) => to === people.member);
  const token = /\/invitations\/(\S+)/.exec(invitation?.text ?? '')?.[1];
  await mutate(member, 'members.acceptInvitation', { token });
}

async function addFlag(staff: APIRequestContext, organization: string) {
  const reason = 'Shown in the tests of every screen';
  await mutate(staff, 'admin.flags.save', {
    key: flag,
    description: 'Graphs with a forecast',
    kind: 'boolean',
    defaultValue: false,
    isEnabled: true,
    rolloutPercent: '25',
    owner: 'Graphs',
    expectedVersion: 0,
    reason,
  });
  await mutate(staff, 'admin.flags.setOverride', { key: flag, organization, value: true, reason });
}

/** Lets the emulator of Stripe misbehave; an empty list ends it. */
export async function setApiFaults(request: APIRequestContext, api: Record<string, unknown>[]) {
  expect((await request.post(`${emulator}/faults`, { data: { api } })).ok()).toBe(true);
}

/** The card on file begins to fail, and the next billing period begins. */
export async function letPaymentFail(request: APIRequestContext, slug: string) {
  await post(request, '/api/auth/sign-in/email', { email: people.owner, password });
  const { stripeCustomerId } = await query(request, 'organizations.get', { organization: slug });
  const stripe = `http://127.0.0.1:${emulatorPort}/v1`;
  const headers = { authorization: 'Bearer sk_test_screens' };
  const method = 'pm_card_chargeCustomerFail';
  const attached = await request.post(`${stripe}/payment_methods/${method}/attach`, {
    headers,
    form: { customer: stripeCustomerId },
  });
  const { id } = await attached.json();
  const updated = await request.post(`${stripe}/customers/${stripeCustomerId}`, {
    headers,
    form: { 'invoice_settings[default_payment_method]': id },
  });
  expect(updated.ok()).toBe(true);
  const listed = await request.get(`${stripe}/subscriptions?customer=${stripeCustomerId}`, { headers });
  for (const subscription of (await listed.json()).data) {
    await request.post(`${stripe}/subscriptions/${subscription.id}`, {
      headers,
      form: { default_payment_method: id },
    });
  }
  await post(request, '/test/clock', { advanceSeconds: 32 * 86_400 });
  await post(request, '/test/drain', {});
}
