import { adminHandlers } from './admin-handlers.ts';
import * as billing from './billing-fixtures.ts';
import { families } from './catalog-fixtures.ts';
import * as ceilings from './ceiling-fixtures.ts';
import type { Handlers } from './contract.ts';
import { daysAgo, daysAhead, minutesAgo } from './dates.ts';
import { DoubleRefusal } from './double-request.ts';
import * as limits from './limit-fixtures.ts';
import { lineExplanation } from './line-fixtures.ts';
import * as org from './organization-fixtures.ts';
import { paused, subscriptionsIn } from './subscription-double.ts';
import * as usage from './usage-fixtures.ts';
import { webhookHandlers } from './webhook-handlers.ts';

const lastPage = <T>(items: T[]) => ({ items, nextCursor: null });
const recorded = { results: [], accepted: 1, duplicates: 0, rejected: 0 };
let quoteCount = 0;
let acceptCount = 0;

function subscription(id: string) {
  const found = billing.subscriptions.find((candidate) => candidate.id === id) ?? billing.subscriptions[0];
  if (found === undefined)
    throw new DoubleRefusal(404, 'NOT_FOUND', 'This does not exist, or it is not yours to see.');
  return found;
}

function client(id: string) {
  const found = org.clients.find((candidate) => candidate.id === id);
  if (found === undefined)
    throw new DoubleRefusal(404, 'NOT_FOUND', 'This does not exist, or it is not yours to see.');
  return found;
}

function noticesIn(state: string) {
  if (state === 'empty') return [];
  if (state === 'closed') return [billing.closed];
  return state === 'past_due' ? [billing.pastDue, ...billing.notices] : billing.notices;
}

export const handlers: Handlers = {
  organizations: {
    session: (_input, { state, path }) => {
      const isMember = state === 'member';
      return {
        ...org.session,
        user: {
          ...org.session.user,
          staffRole:
            state === 'nostaff' ? null : path.startsWith('/admin') && isMember ? 'support' : 'super_admin',
        },
        organizations:
          state === 'new'
            ? []
            : org.session.organizations.map((entry) =>
                isMember ? { ...entry, role: 'member', seesMoney: false, mayBuy: false } : entry,
              ),
      };
    },
    create: () => org.organization,
    get: (_input, { state }) =>
      state === 'seats-off'
        ? {
            ...org.organization,
            settings: { ...org.organization.settings, autoBuySeats: false, autoBuySeatsMax: null },
          }
        : { ...org.organization, status: state === 'closed' ? 'closed' : 'active' },
    update: (input) => Object.assign(org.organization, { name: input.name ?? org.organization.name }),
    setAutoBuySeats: (input) => {
      const { max } = input;
      Object.assign(org.organization.settings, { autoBuySeats: max !== null, autoBuySeatsMax: max });
      return org.organization;
    },
    transfer: () => org.organization,
    close: (input) => {
      if (input.confirmName !== org.organization.name)
        throw new DoubleRefusal(422, 'NAME_MISMATCH', 'Type the name exactly as shown.');
      return { ...org.organization, status: 'closed' };
    },
  },
  members: {
    list: () => org.members,
    invite: (input) => {
      const invitation = {
        id: `invt_${Date.now()}`,
        email: input.email,
        role: input.role,
        invitedBy: 'Maria Lopez',
        expiresAt: daysAhead(7),
        status: 'open' as const,
      };
      org.members.invitations.push(invitation);
      return invitation;
    },
    revokeInvitation: (input) => {
      org.members.invitations = org.members.invitations.filter(
        (invitation) => invitation.id !== input.invitationId,
      );
      return { revoked: true };
    },
    acceptInvitation: () => ({ slug: 'acme' }),
    leave: () => ({ left: true }),
    changeRole: () => org.members,
    remove: (input) => {
      org.members.members = org.members.members.filter((member) => member.userId !== input.userId);
      return org.members;
    },
  },
  clients: {
    list: (input, { state }) =>
      lastPage(
        state === 'empty'
          ? []
          : org.clients.filter(
              (entry) =>
                entry.name.toLowerCase().includes((input.q ?? '').toLowerCase()) &&
                (input.status === undefined || entry.status === input.status),
            ),
      ),
    create: (input) => {
      const made = {
        id: `cli_${Date.now()}`,
        externalId: input.externalId ?? null,
        name: input.name,
        status: 'active' as const,
        createdAt: minutesAgo(0),
        archivedAt: null,
      };
      org.clients.unshift(made);
      return made;
    },
    archive: (input) =>
      Object.assign(client(input.clientId), { status: 'archived', archivedAt: minutesAgo(0) }),
  },
  apiKeys: {
    list: (_input, { state }) => (state === 'empty' ? [] : org.apiKeys),
    create: (input) => {
      const view = {
        id: `key_${Date.now()}`,
        name: input.name,
        prefix: 'mg_live_9zzz',
        scopes: input.scopes,
        createdAt: minutesAgo(0),
        expiresAt: null,
        revokedAt: null,
        lastUsedAt: null,
      };
      org.apiKeys.unshift(view);
      return { key: 'mg_live_9zzzK2mQ8fRt4VxWc7YbN1pL', view };
    },
    revoke: (input) => {
      const key = org.apiKeys.find((candidate) => candidate.id === input.keyId);
      if (key === undefined) throw new DoubleRefusal(404, 'NOT_FOUND', 'No such key.');
      return Object.assign(key, { revokedAt: minutesAgo(0) });
    },
  },
  webhooks: webhookHandlers,
  voice: {
    get: (_input, { state }) => {
      if (state !== 'locked' && state !== 'kept') return org.voice;
      const kept = state === 'kept' ? org.voice : org.neverSetVoice;
      return { ...kept, unlocked: false, upgradeTo: 'business' };
    },
    update: ({ expectedUpdatedAt: _expected, ...input }, { state }) => {
      if (state === 'changed')
        throw new DoubleRefusal(
          409,
          'VOICE_CONFIG_CHANGED',
          'Somebody changed these settings in the meantime. Reload them, then make your change again.',
          { updatedAt: minutesAgo(1) },
        );
      return Object.assign(org.voice, input, { updatedAt: minutesAgo(0) });
    },
  },
  audit: { list: (_input, { state }) => lastPage(state === 'empty' ? [] : org.auditRows) },
  flags: { evaluate: () => ({}) },
  catalog: { list: () => families, forOrganization: () => families },
  subscriptions: {
    list: (_input, request) => subscriptionsIn(request),
    pause: (input) => {
      const found = subscription(input.subscriptionId);
      return Object.assign(found, paused(found));
    },
    create: () => subscription('sub_1'),
    checkout: () => ({ id: 'cs_1', url: '/return/checkout?session_id=cs_1', expiresAt: daysAhead(1) }),
    checkoutReturn: (_input, { state }) => billing.checkoutReturn(state),
    portal: () => ({ url: '/return/portal' }),
    quote: (input) => {
      quoteCount += 1;
      return billing.quote(
        `quo_${quoteCount}`,
        input.at ?? (input.plan === 'pro' || input.plan === 'free' ? 'period_end' : 'now'),
        input.plan === 'pro' ? 'Voice Pro' : 'Voice Enterprise',
      );
    },
    acceptQuote: (_input, { state }) => {
      acceptCount += 1;
      if (state === 'moved' && acceptCount % 2 === 1)
        throw new DoubleRefusal(
          409,
          'QUOTE_CHANGED',
          'The price changed from $58.67 to $54.24 because a day passed. Review and confirm again.',
          { oldDueNowMinor: '5867', newDueNowMinor: '5424', currency: 'USD' },
        );
      return subscription('sub_2');
    },
    cancel: (input) => {
      const found = subscription(input.subscriptionId);
      return Object.assign(found, {
        cancelAt: found.currentPeriod.end,
        can: {
          ...found.can,
          resume: { allowed: true, reason: null },
          cancel: { allowed: false, reason: 'Already ending.' },
        },
      });
    },
    resume: (input) => {
      const found = subscription(input.subscriptionId);
      return Object.assign(found, {
        status: 'active',
        access: 'full',
        pausedAt: null,
        cancelAt: null,
        can: {
          ...found.can,
          pause: { allowed: true, reason: null },
          resume: { allowed: false, reason: 'Not ending.' },
          cancel: { allowed: true, reason: null },
        },
      });
    },
    undoScheduledChange: (input) =>
      Object.assign(subscription(input.subscriptionId), { scheduledChange: null }),
  },
  usage: {
    summary: (_input, { state }) => {
      const summary = usage.usageSummary(state === 'empty');
      const meters = summary.meters.map((meter) => ({ ...meter, used: '42', forecast: null }));
      return state === 'first_day' ? { ...summary, meters } : summary;
    },
    series: (input, { state }) => {
      const series = usage.usageSeries(input.meter, input);
      return state === 'first_day' ? usage.onFirstDay(series) : series;
    },
    events: (_input, { state }) => lastPage(state === 'empty' ? [] : usage.usageEvents),
    parts: (input, { state }) => usage.usageParts(input.meter, state === 'empty'),
    anomalies: (_input, { state }) => (state === 'empty' ? [] : usage.anomalies),
    sendTestEvent: () => recorded,
    checks: (_input, { state }) => (state === 'empty' ? [] : usage.usageChecks),
    backfills: (_input, { state }) => (state === 'empty' ? [] : usage.backfills),
    previewRevert: (input) => usage.revertPreview(input.id),
    revertBackfill: (input) => usage.revertPreview(input.id),
    rejected: (_input, { state }) => lastPage(state === 'empty' ? [] : usage.rejectedEvents),
    resendRejected: () => recorded,
  },
  limits: {
    list: (_input, { state }) => (state === 'empty' ? [] : limits.limits),
    levelDays: (input) => limits.levelDays(input.feature),
    setAlert: (input) => {
      const found = limits.limits.find((limit) => limit.feature === input.feature);
      if (found === undefined) throw new DoubleRefusal(404, 'NOT_FOUND', 'No such limit.');
      return Object.assign(found, { thresholds: input.thresholds });
    },
    clients: (input, { state }) =>
      state === 'empty'
        ? []
        : ceilings.clientLimits.filter(
            (limit) => input.client === undefined || input.client === limit.client,
          ),
    setClient: () => ceilings.clientLimits[0] ?? null,
  },
  budgets: {
    list: (_input, { state }) => (state === 'empty' ? [] : ceilings.budgets),
    set: () => {
      const [budget] = ceilings.budgets;
      if (budget === undefined) throw new DoubleRefusal(404, 'NOT_FOUND', 'No such budget.');
      return budget;
    },
    remove: () => ({}),
  },
  invoices: {
    billingSummary: (_input, { state }) => {
      const summary = billing.billingSummary(state === 'empty');
      const cost = summary.cost?.map((one) => ({ ...one, forecastFrom: daysAhead(0.7) })) ?? null;
      return state === 'first_day' ? { ...summary, cost } : summary;
    },
    costDays: (_input, { state }) => billing.costDays(state === 'empty'),
    notices: (_input, { state }) => noticesIn(state),
    list: (input, { state }) => {
      const rows = state === 'empty' ? [] : billing.invoices;
      const shown = rows.filter(
        (row) =>
          input.status === undefined ||
          input.status === 'all' ||
          (input.status === 'past_due' ? row.isPastDue : row.status === input.status),
      );
      const counts = { all: rows.length, open: 2, past_due: 1, paid: 3, void: 1, draft: 1, uncollectible: 0 };
      return {
        ...lastPage(
          shown.filter((row) => (row.number ?? '').toLowerCase().includes((input.q ?? '').toLowerCase())),
        ),
        counts: state === 'empty' ? {} : counts,
      };
    },
    get: (input) => billing.invoice(input.invoiceId),
    explainLine: (input) => lineExplanation(input.lineId),
    usageProofs: (_input, { state }) => (state === 'empty' ? [] : usage.usageProofs),
    upcoming: (_input, { state }) => (state === 'empty' ? [] : billing.upcoming),
    pay: (input) => ({ ...billing.invoice(input.invoiceId), status: 'paid' }),
  },
  payments: {
    add: () => ({ url: '/return/portal' }),
    methods: (_input, { state }) => (state === 'empty' ? [] : billing.paymentMethods),
    setDefault: () => billing.paymentMethods,
    remove: () => {
      throw new DoubleRefusal(
        409,
        'PAYMENT_METHOD_IN_USE',
        'This is the only card of a paid plan. Add another one first.',
      );
    },
  },
  alerts: { fired: () => [{ feature: 'message', threshold: 80, firedAt: daysAgo(1) }] },
  events: { counts: () => ({ processed: 42, open: 0 }) },
  admin: adminHandlers,
};
