import * as admin from './admin-fixtures.ts';
import { invoices, subscriptions } from './billing-fixtures.ts';
import { bulkDouble } from './bulk-double.ts';
import { families } from './catalog-fixtures.ts';
import type { Handlers } from './contract.ts';
import { daysAgo, minutesAgo, monthsBack } from './dates.ts';
import { DoubleRefusal } from './double-request.ts';
import * as driftFixtures from './drift-fixtures.ts';
import { limits } from './limit-fixtures.ts';
import { auditRows, organization } from './organization-fixtures.ts';
import { ownPrices } from './own-price-fixtures.ts';
import { shadowMonths } from './shadow-fixtures.ts';
import { subscriptionsIn, tailoredOffer } from './subscription-double.ts';
import { webhookHandlers } from './webhook-handlers.ts';

const lastPage = <T>(items: T[]) => ({ items, nextCursor: null });

function flag(key: string) {
  const found = admin.flags.find((candidate) => candidate.key === key);
  if (found === undefined) throw new DoubleRefusal(404, 'NOT_FOUND', 'No flag has this key.');
  return found;
}

function message(id: string) {
  const found = admin.messages.find((candidate) => candidate.id === id);
  if (found === undefined) throw new DoubleRefusal(404, 'NOT_FOUND', 'No message has this id.');
  return found;
}

export const adminHandlers: NonNullable<Handlers['admin']> = {
  webhooks: webhookHandlers,
  subscriptions: {
    prices: () => [],
    pause: () => subscriptionsIn({ state: 'paused' }),
    resume: () => subscriptions,
    cancel: () => subscriptions,
    previewTailoredPlan: ({ family, terms }) => tailoredOffer(family, terms),
    startTailoredPlan: (_input, { state }) => {
      if (state === 'refused')
        throw new DoubleRefusal(
          409,
          'QUOTE_EXPIRED',
          'The amounts are older than 30 minutes. Show what it costs again, then start.',
        );
      return subscriptions;
    },
  },
  ownPrices: {
    list: () => ownPrices,
    set: () => ownPrices,
    end: () => ownPrices,
  },
  organizations: {
    list: (input, { state }) => {
      const rows = state === 'empty' ? [] : admin.organizationRows;
      const shown = rows.filter(
        (row) =>
          (input.view === 'past-due'
            ? row.pastDueSince !== null
            : input.view === 'over-limit'
              ? Number(row.worstLimitPercent) >= 100
              : true) && row.name.toLowerCase().includes((input.q ?? '').toLowerCase()),
      );
      return {
        items: shown,
        nextCursor: input.cursor === undefined && shown.length > 5 ? 'page-2' : null,
        approximateCount: 1204,
        views: { all: 1204, 'past-due': 2, 'over-limit': 1, trialing: 1, canceled: 31, free: 412 },
      };
    },
    get: (_input, request) => ({ ...admin.adminOrganization, subscriptions: subscriptionsIn(request) }),
    create: () => organization,
    startSubscription: () => {
      const first = subscriptions[0];
      if (first === undefined) throw new Error('fixtures have a subscription');
      return first;
    },
    refusedUsage: (_, { state }) => (state === 'empty' ? [] : driftFixtures.refusedUsage),
    reportAgain: () => ({ result: 'again' as const }),
    drift: (_input, { state }) =>
      state === 'empty' ? [] : state === 'equal' ? driftFixtures.noDrift : driftFixtures.drift,
    resync: () => driftFixtures.drift.map((row) => ({ ...row, local: row.remote, equal: true })),
    limits: () => limits,
    setOverride: () => limits,
    endOverride: () => limits,
    invoices: () => lastPage(invoices),
    decisions: ({ feature, receipt }) =>
      lastPage(
        admin.receipts.filter(
          (row) =>
            (feature === undefined || row.feature === feature) &&
            (receipt === undefined || row.id === receipt),
        ),
      ),
    suspend: () => Object.assign(organization, { suspendedAt: minutesAgo(0) }),
    restore: () => Object.assign(organization, { suspendedAt: null }),
  },
  flags: {
    list: (_input, { state }) => (state === 'empty' ? [] : admin.flags),
    get: (input) => flag(input.key),
    save: (input) => {
      const found = admin.flags.find((candidate) => candidate.key === input.key);
      if (found !== undefined)
        return Object.assign(found, {
          rolloutPercent: input.rolloutPercent,
          isEnabled: input.isEnabled,
          version: found.version + 1,
        });
      const made = {
        ...input,
        variants: [],
        rules: [],
        isKilled: false,
        expiresAt: null,
        version: 1,
        overrideCount: 0,
        updatedAt: minutesAgo(0),
        overrides: [],
        history: [],
      };
      admin.flags.unshift(made);
      return made;
    },
    kill: (input) => Object.assign(flag(input.key), { isKilled: input.killed }),
    setOverride: (input) => flag(input.key),
    removeOverride: (input) => flag(input.key),
    explain: () => ({ value: false, rule: 'percentage', bucket: '37.42' }),
  },
  events: {
    list: (input, { state }) => {
      const rows = state === 'empty' ? [] : admin.events;
      return {
        ...lastPage(rows.filter((row) => input.status === undefined || row.status === input.status)),
        counts: { failed: 1, dead: 1, processed: 5, ignored: 1 },
      };
    },
    get: (input) => admin.eventDetail(input.id),
    dryRun: () => ({
      result: 'would_change',
      changes: [{ field: 'subscription.status', before: 'active', after: 'past_due' }],
      reason: null,
    }),
    replay: () => ({ result: 'requeued', changes: [], reason: null }),
    emails: (_input, { state }) => lastPage(state === 'empty' ? [] : admin.emails),
  },
  outbox: {
    list: (input, { state }) => {
      const rows = state === 'empty' ? [] : admin.messages;
      return {
        ...lastPage(rows.filter((row) => input.status === undefined || row.status === input.status)),
        counts: { dead: 2, failed: 1, done: 1 },
      };
    },
    retry: (input) => Object.assign(message(input.id), { status: 'failed' as const, attempts: 0 }),
    dismiss: (input) => Object.assign(message(input.id), { status: 'dismissed' as const }),
  },
  bulk: {
    latest: ({ kind }) => bulkDouble.latest(kind),
    start: (wish, { state }) => bulkDouble.start(wish, state === 'busy'),
    cancel: () => bulkDouble.cancel(),
  },
  drift: {
    list: (input, { state }) => {
      const rows = state === 'empty' ? [] : driftFixtures.driftFindings;
      const isShown = ({ status, kind, organization: { slug } }: (typeof rows)[number]) =>
        (input.status ?? status) === status &&
        (input.kind ?? kind) === kind &&
        (input.organization ?? slug) === slug;
      return {
        ...lastPage(rows.filter(isShown)),
        ...driftFixtures.driftCounts(rows),
      };
    },
    accept: (input) => {
      const row = driftFixtures.driftFindings.find(({ id }) => id === input.id);
      if (row === undefined) throw new Error('fixtures have this difference');
      return Object.assign(row, { status: 'accepted' as const, reason: input.reason });
    },
  },
  health: { tiles: () => admin.health },
  audit: {
    list: (_input, { state }) => lastPage(state === 'empty' ? [] : auditRows),
    verify: () => ({ valid: true, chains: 14, rows: 4821, firstBad: null }),
  },
  catalog: {
    source: () => '{}',
    shadow: (_input, { state }) => {
      if (state === 'shadow-refused')
        throw new DoubleRefusal(
          422,
          'CATALOG_DRAFT_INVALID',
          'This draft cannot be compared: plans.0.components.1.unitPrice: Invalid input; plans.2.rank: a rank is used twice.',
        );
      return {
        since: monthsBack(3).start,
        months: state === 'shadow-empty' ? [] : shadowMonths,
        nextCursor: null,
      };
    },
    previewMigration: () => ({ steps: [], orderedNow: 0, hasMore: false }),
    list: () => families.map((family) => ({ family, publishedAt: daysAgo(40), subscriptions: 12 })),
  },
};
