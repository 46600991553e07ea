import { t } from './init.ts';
import { adminAuditRouter } from './routers/admin-audit.router.ts';
import { adminBulkRouter } from './routers/admin-bulk.router.ts';
import { adminCasesRouter } from './routers/admin-cases.router.ts';
import { adminCatalogRouter } from './routers/admin-catalog.router.ts';
import { adminDoctorRouter } from './routers/admin-doctor.router.ts';
import { adminDriftRouter } from './routers/admin-drift.router.ts';
import { adminEventsRouter } from './routers/admin-events.router.ts';
import { adminFlagsRouter } from './routers/admin-flags.router.ts';
import { adminHealthRouter } from './routers/admin-health.router.ts';
import { adminOrganizationsRouter } from './routers/admin-organizations.router.ts';
import { adminOutboxRouter } from './routers/admin-outbox.router.ts';
import { adminOwnPricesRouter } from './routers/admin-own-prices.router.ts';
import { adminRevenueRouter } from './routers/admin-revenue.router.ts';
import { adminSubscriptionsRouter } from './routers/admin-subscriptions.router.ts';
import { adminViewAsRouter } from './routers/admin-view-as.router.ts';
import { adminWebhooksRouter } from './routers/admin-webhooks.router.ts';
import { alertsRouter } from './routers/alerts.router.ts';
import { apiKeysRouter } from './routers/api-keys.router.ts';
import { auditRouter } from './routers/audit.router.ts';
import { budgetsRouter } from './routers/budgets.router.ts';
import { catalogRouter } from './routers/catalog.router.ts';
import { clientsRouter } from './routers/clients.router.ts';
import { eventsRouter } from './routers/events.router.ts';
import { flagsRouter } from './routers/flags.router.ts';
import { invoicesRouter } from './routers/invoices.router.ts';
import { limitsRouter } from './routers/limits.router.ts';
import { membersRouter } from './routers/members.router.ts';
import { organizationsRouter } from './routers/organizations.router.ts';
import { paymentsRouter } from './routers/payments.router.ts';
import { subscriptionsRouter } from './routers/subscriptions.router.ts';
import { usageRouter } from './routers/usage.router.ts';
import { voiceRouter } from './routers/voice.router.ts';
import { webhooksRouter } from './routers/webhooks.router.ts';

/** The typed API of the consoles; outsiders use the REST routes below /v1. */
export const appRouter = t.router({
  organizations: organizationsRouter,
  members: membersRouter,
  clients: clientsRouter,
  apiKeys: apiKeysRouter,
  voice: voiceRouter,
  webhooks: webhooksRouter,
  audit: auditRouter,
  flags: flagsRouter,
  catalog: catalogRouter,
  subscriptions: subscriptionsRouter,
  usage: usageRouter,
  limits: limitsRouter,
  budgets: budgetsRouter,
  invoices: invoicesRouter,
  payments: paymentsRouter,
  alerts: alertsRouter,
  events: eventsRouter,
  admin: t.router({
    organizations: adminOrganizationsRouter,
    subscriptions: adminSubscriptionsRouter,
    flags: adminFlagsRouter,
    events: adminEventsRouter,
    outbox: adminOutboxRouter,
    bulk: adminBulkRouter,
    drift: adminDriftRouter,
    doctor: adminDoctorRouter,
    health: adminHealthRouter,
    audit: adminAuditRouter,
    catalog: adminCatalogRouter,
    cases: adminCasesRouter,
    revenue: adminRevenueRouter,
    ownPrices: adminOwnPricesRouter,
    viewAs: adminViewAsRouter,
    webhooks: adminWebhooksRouter,
  }),
});

export type AppRouter = typeof appRouter;
